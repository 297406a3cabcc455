import { createServer } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';

/** A proxy that leads every tunnel to one port, and counts what it was asked for. */
export interface Proxy {
  readonly port: number;
  /** `host:port` of each tunnel. */
  readonly asked: readonly string[];
  leadTo(port: number): void;
  close(): Promise<void>;
}

export const startProxy = async (): Promise<Proxy> => {
  let target = 0;
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer();
  server.on('connect', (request, socket: Socket) => {
    asked.push(request.url ?? '');
    const onward = connect(target, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      onward.pipe(socket).pipe(onward);
    });
    for (const end of [socket, onward]) {
      sockets.add(end);
      end.on('error', () => end.destroy());
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    asked,
    leadTo: (port) => {
      target = port;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
};
