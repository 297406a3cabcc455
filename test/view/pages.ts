import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { request } from 'node:http';
import type { PageChanges } from '../../src/report/html/page-data.js';
import type { Ended, Project } from '../support/project.js';
import { until } from '../support/until.js';

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Asks as a program would: the path is sent as it stands. */
export const ask = (
  address: string,
  path: string,
  headers: OutgoingHttpHeaders = {},
  method = 'GET',
  body = '',
): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const { hostname, port, pathname } = new URL(address);
    const at = path.startsWith('/') ? path : `${pathname}${path}`;
    request({ hostname, port, path: at, headers, method, agent: false }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks),
        }),
      );
    })
      .on('error', reject)
      .end(body);
  });

export const sendMarks = (
  address: string,
  marks: unknown,
  headers: OutgoingHttpHeaders = {},
): Promise<Answer> =>
  ask(
    address,
    '',
    { 'content-type': 'application/json', ...headers },
    'POST',
    typeof marks === 'string' ? marks : JSON.stringify(marks),
  );

export interface Message {
  readonly event: string;
  readonly id: string | null;
  readonly data: string;
}

/** A page's ear. */
export interface Feed {
  readonly messages: readonly Message[];
  /** Of the events `changes`. */
  readonly changes: () => readonly PageChanges[];
  /** Resolves when this message, or one like it, is there. */
  readonly heard: (is: (message: Message) => boolean) => Promise<Message>;
  close(): void;
}

export const listen = async (address: string, since: string, last?: string): Promise<Feed> => {
  const { hostname, port, pathname } = new URL(address);
  const messages: Message[] = [];
  let text = '';
  const asked = request({
    ...{ hostname, port, agent: false },
    path: `${pathname}?since=${since}`,
    headers: last === undefined ? {} : { 'last-event-id': last },
  });
  asked.on('error', () => undefined);
  await new Promise<void>((resolve) => {
    asked.on('response', (response) => {
      response.setEncoding('utf8');
      response.on('error', () => undefined);
      response.on('data', (chunk: string) => {
        const blocks = (text + chunk).split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) {
          const field = (name: string): string | null =>
            new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? null;
          const event = field('event');
          if (event !== null) messages.push({ event, id: field('id'), data: field('data') ?? '' });
        }
      });
      resolve();
    });
    asked.end();
  });
  return {
    messages,
    changes: () =>
      messages.flatMap(({ event, data }) =>
        event === 'changes' ? [JSON.parse(data) as PageChanges] : [],
      ),
    heard: async (is) => {
      await until(() => messages.some(is));
      return messages.find(is)!;
    },
    close: () => void asked.destroy(),
  };
};

/** `rh-batch view` of a project in this process. */
export interface Viewing {
  readonly address: string;
  readonly printed: { readonly out: string; readonly err: string };
  /** Ctrl-C. */
  readonly stop: () => Promise<Ended>;
}

export const view = async (p: Project, ...more: string[]): Promise<Viewing> => {
  const started = p.start(['view', ...more]);
  const ended = new AbortController();
  void started.ended.then(() => ended.abort());
  await until(() => started.printed.err.includes('Ctrl-C') || ended.signal.aborted);
  if (ended.signal.aborted) throw new Error(`view ended: ${started.printed.err}`);
  return {
    address: started.printed.out.trim(),
    printed: started.printed,
    stop: async () => {
      started.signal('SIGINT');
      return started.ended;
    },
  };
};

/** What the page carries inside itself. */
export const dataOf = (
  page: Answer,
): { readonly live?: { readonly since: string } } & Record<string, unknown> => {
  const [, json = ''] =
    /<script type="application\/json" id="data">(.*?)<\/script>/s.exec(page.body.toString()) ?? [];
  return JSON.parse(json) as never;
};
