import { randomBytes } from 'node:crypto';
import { error, warning } from '../diagnostics/diagnostic.js';
import type { Problems } from '../diagnostics/problems.js';
import type { Receiver } from '../runninghub/receiver.js';
import { startReceiver } from '../runninghub/receiver.js';
import type { Identity } from './connect.js';
import type { ApplyOptions } from './options/options.js';
import type { Io } from '../edges/io.js';
import type { Project } from './load/project.js';

/** `--listen` and `--public-url`, checked. */
export interface Listening {
  readonly host: string;
  readonly port: number;
  /** Without a slash at its end. */
  readonly publicUrl: string;
}

/** Where events arrive, and the URL that the service is told. */
export interface Listened {
  readonly receiver: Receiver;
  /** The last part of the URL. */
  readonly secret: string;
  /** Holds a part that nobody can guess, of this apply alone: never stored. */
  readonly webhookUrl: string;
}

const form = '--listen 8787 --public-url https://your.host/rh';

/** What was asked for; null: nothing, or it is wrong, which `problems` tells. Nothing is opened. */
export const listeningOf = (
  options: Pick<ApplyOptions, 'listen' | 'publicUrl'>,
  project: Project,
  { site }: Identity,
  problems: Problems,
): Listening | null => {
  const [listen, typedUrl] = [options.listen?.toString() ?? null, options.publicUrl ?? null];
  const wrong = (message: string, hint = form): null => {
    problems.add(error('E0001', null, message, { hint }));
    return null;
  };
  if (listen === null)
    return typedUrl === null
      ? null
      : wrong('--public-url says where events come from, so it needs --listen PORT');
  const at = addressOf(listen);
  if (at === null) return wrong(`--listen wants a port or HOST:PORT, not "${listen}"`);
  // The service is a program on this machine, which needs no way in from outside.
  const near = site === 'emulator' || isThisMachine(site);
  const url = typedUrl ?? (near ? `http://${at.shown}` : null);
  if (url === null) return wrong('--listen needs --public-url URL: RunningHub must be told one');
  const publicUrl = publicUrlOf(url);
  if (publicUrl === null)
    return wrong(
      `--public-url wants http(s)://HOST[/PATH] without key, query or fragment, not "${url}"`,
    );
  if (!takesWebhook(project, problems)) return null;
  if (!near && isThisMachine(publicUrl))
    problems.add(
      warning('E0006', null, `"${publicUrl}" is this machine alone: RunningHub cannot reach it`, {
        hint: 'a tunnel or reverse proxy gives a URL that it can reach; see apply --help',
      }),
    );
  return { host: at.host, port: at.port, publicUrl };
};

const takesWebhook = ({ manifest, target }: Project, problems: Problems): boolean => {
  const { key, takes } = target.syntax;
  if (!takes.includes('webhookUrl'))
    problems.add(error('E0001', null, `--listen means nothing for "${key}": it has no webhook`));
  else if (manifest.create.webhookUrl !== null)
    problems.add(
      error('E0001', null, '--listen and "webhookUrl" of the manifest: a task has one webhook', {
        hint: 'leave one of them out',
      }),
    );
  else return true;
  return false;
};

/** Opens the port; null when it cannot be, which `problems` tells. */
export const startListening = async (
  { host, port, publicUrl }: Listening,
  io: Io,
  problems: Problems,
): Promise<Listened | null> => {
  const secret = randomBytes(18).toString('base64url');
  io.protect(secret);
  const started = await startReceiver({ host, port, secret });
  if (started.ok)
    return { receiver: started.receiver, secret, webhookUrl: `${publicUrl}/${secret}` };
  problems.add(
    error('E0006', null, `--listen ${port}: ${started.why}`, {
      hint: 'another port may be free, or another rh-batch may listen there',
    }),
  );
  return null;
};

/** `8787` is for this machine alone, where the tunnel or proxy runs; `0.0.0.0:8787` for all. */
const addressOf = (
  typed: string,
): { readonly host: string; readonly port: number; readonly shown: string } | null => {
  const [, bracketed, plain, digits = ''] =
    /^(?:(?:\[([\da-f:.]+)\]|([^\s:[\]/]+)):)?(\d{1,5})$/i.exec(typed.trim()) ?? [];
  const port = Number(digits);
  if (digits === '' || port < 1 || port > 65_535) return null;
  const host = bracketed ?? plain ?? '127.0.0.1';
  return { host, port, shown: `${host.includes(':') ? `[${host}]` : host}:${port}` };
};

const publicUrlOf = (typed: string): string | null => {
  const url = URL.canParse(typed.trim()) ? new URL(typed.trim()) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) return null;
  if (url.username !== '' || url.password !== '' || /[?#]/.test(typed)) return null;
  return url.href.length > 500 ? null : url.href.replace(/\/+$/, '');
};

const isThisMachine = (url: string): boolean =>
  /^https?:\/\/(?:127\.\d+\.\d+\.\d+|localhost|0\.0\.0\.0|\[::1?\])(?::\d+)?(?:\/|$)/i.test(url);
