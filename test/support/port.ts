import { Agent, request } from 'undici';
import { createServer } from 'node:net';

/** A port that was free a moment ago. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') throw new Error('no port');
      server.close(() => resolve(address.port));
    });
  });

/** The event of a task's end, as the service posts it. */
export const postEvent = async (url: string, taskId: string): Promise<void> => {
  const dispatcher = new Agent();
  try {
    const body = JSON.stringify({ event: 'TASK_END', taskId });
    await (await request(url, { method: 'POST', body, dispatcher })).body.dump();
  } finally {
    await dispatcher.destroy();
  }
};
