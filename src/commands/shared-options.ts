import type { OptionSpec } from './argv/call.js';

/** Options that several commands have, with what their values may be. */
export const progressMode: OptionSpec = {
  flags: '--progress <mode>',
  about: 'auto, tty, plain, json or none',
  choices: ['auto', 'tty', 'plain', 'json', 'none'],
};

export const liveWhen: OptionSpec = {
  flags: '--live <when>',
  about: 'node and percent of running tasks: auto (on a terminal), on or off',
  choices: ['auto', 'on', 'off'],
};

export const atWhichSite: OptionSpec = {
  flags: '--base-url <url>',
  about: 'the site',
  isSite: true,
};

export const webhookEvents: readonly OptionSpec[] = [
  {
    flags: '--listen <port>',
    about: 'receive webhook events there; HOST:PORT for more than this machine',
  },
  {
    flags: '--public-url <url>',
    about: 'how RunningHub reaches that port; each batch adds a secret path',
  },
];
