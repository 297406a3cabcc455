import { proxyVariable } from '../runninghub/http/proxy-settings.js';
import type { Identity } from './connect.js';

interface Asked extends Pick<Identity, 'site'> {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly from: Identity['from'] | '--server';
}

/**
 * What to look at where nothing answers, or not what should: the address, what names it, and what
 * is on the way. null: the message says what to do, or it is the service's to mend.
 */
export const wayOut = (message: string, asked: Asked): string | null => {
  const proxy = /the proxy (\S+) makes no way through/.exec(message)?.[1];
  if (proxy !== undefined) {
    const variable = proxyVariable(asked.env, asked.site) ?? 'HTTPS_PROXY';
    return `start the proxy ${proxy}, or correct ${variable}, which names it; without ${variable} no proxy is used`;
  }
  if (message.includes(' cannot be reached: ')) return unreached(message, asked);
  if (isServer(asked)) return noServer.test(message) ? serverHint(asked) : null;
  return noService.test(message) ? `is this the service? ${named(asked)}` : null;
};

/** The same where the command goes on asking. */
export const whileWaiting = (message: string, asked: Asked): string | null => {
  const way = wayOut(message, asked);
  return way === null ? null : `${way}; Ctrl-C ends the wait, and the same command goes on later`;
};

const noServer = /is no ComfyUI server|is none of ComfyUI|with a web page|HTTP 3\d\d/;
const noService = /with a web page|an answer without a code|HTTP 3\d\d|HTTP 404/;

const unreached = (message: string, asked: Asked): string => {
  const where = named(asked);
  if (/ENOTFOUND|EAI_AGAIN/.test(message))
    return `no computer of this name is known here: check its spelling, and the network; ${where}`;
  if (/certificate|CERT|issuer/i.test(message))
    return `a proxy of the network may put its own certificate in place: NODE_EXTRA_CA_CERTS=FILE lets it be trusted; ${where}`;
  if (message.includes('ECONNREFUSED'))
    return isServer(asked)
      ? `start ComfyUI there; for other computers than its own it is started with --listen; ${where}`
      : `no program answers at this address: start it, or correct the address; ${where}`;
  return `check the network and its firewall; where a proxy is needed, HTTPS_PROXY=http://HOST:PORT names it; ${where}`;
};

const isServer = ({ from }: Asked): boolean => from === 'server' || from === '--server';

const serverHint = ({ site, from }: Asked): string =>
  `${from === 'server' ? '"server"' : '--server'} is the address at which the page of ComfyUI opens, such as http://127.0.0.1:8188; ${statsOf(site)} has to answer with JSON`;

const statsOf = (site: string): string => `${site}/system_stats`;

/** Which word of the user names the address. */
const named = ({ site, from }: Asked): string => {
  switch (from) {
    case 'server':
      return '"server" in the manifest names the address';
    case null:
      return `${site} is the usual address; RUNNINGHUB_BASE_URL or --base-url names another`;
    case '--server':
    case '--base-url':
    case 'RUNNINGHUB_BASE_URL':
      return `${from} names the address ${site}`;
  }
};
