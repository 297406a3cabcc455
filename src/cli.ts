#!/usr/bin/env node
import * as module from 'node:module';
import { exit } from './batch/exit.js';
import { main } from './commands/main.js';
import { processIo } from './edges/process-io.js';
import { programVersion } from './edges/version.js';

// Node 22 and later start faster with it; Node 20 has it not.
const { enableCompileCache } = module as { readonly enableCompileCache?: () => unknown };
enableCompileCache?.();

const io = processIo();
try {
  process.exitCode = await main(process.argv.slice(2), io, programVersion());
} catch (cause) {
  const message = cause instanceof Error ? cause.message : String(cause);
  io.err.write(
    `internal error: ${cause instanceof Error ? (cause.stack ?? message) : message}\n` +
      'The journal is intact; please report this.\n',
  );
  if (process.argv.includes('--json'))
    io.out.write(
      `${JSON.stringify({ version: 1, error: `internal error: ${message}`, diagnostics: [], more: [] })}\n`,
    );
  process.exitCode = exit.internal;
}
