#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import * as module from 'node:module';
import { exit } from './commands/exit.js';
import { main } from './commands/main.js';
import { processIo } from './commands/process-io.js';

// Node 22 and later start faster with it; Node 20 has it not.
if ('enableCompileCache' in module && typeof module.enableCompileCache === 'function')
  module.enableCompileCache();

const version = (): string => {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return /"version":\s*"([^"]+)"/.exec(text)?.[1] ?? 'unknown';
};

const io = processIo();
try {
  process.exitCode = await main(process.argv.slice(2), io, version());
} catch (cause) {
  io.err.write(
    `internal error: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}\n` +
      'The journal is intact; please report this.\n',
  );
  process.exitCode = exit.internal;
}
