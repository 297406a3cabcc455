import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { error, warning } from '../diagnostics/diagnostic.js';
import type { Problems } from '../diagnostics/problems.js';
import { keysIn, readCurl, taskHint } from './curl.js';
import type { SeenTask, TargetModule } from '../targets/target.js';
import { targets } from '../targets/targets.js';
import { isObject, parseJson } from '../values/json-text.js';
import type { Call } from '../commands/argv/call.js';
import type { Input, Io } from '../edges/io.js';

/** A submit call of RunningHub's page, understood. */
export interface GivenCall {
  readonly target: TargetModule;
  readonly task: SeenTask;
  /** Its site; null: the call names none. */
  readonly origin: string | null;
}

const maxBytes = 32 * 1024 * 1024;

/**
 * `--from-curl [command | file]`, or stdin. null: a mistake, which is in `problems`; 'left': the
 * person left.
 */
export const callGiven = async (
  call: Call,
  io: Io,
  problems: Problems,
): Promise<GivenCall | null | 'left'> => {
  const text = await curlText(call, io, problems);
  if (text === null) return null;
  if (text === left) return 'left';
  // Before anything is made of it: from here on no message and no file can hold the key.
  for (const key of keysIn(text)) io.protect(key);
  const read = readCurl(text);
  if (!read.ok) return refuse(problems, io, read.why, read.hint);
  const { path, body, origin } = read.call;
  if (body === '') return refuse(problems, io, `it sends nothing to ${path}`, taskHint);
  const json = parseJson(body);
  if (!json.ok) {
    const hint = 'copy the command whole; quotes inside the JSON must be escaped for the shell';
    return refuse(problems, io, `what it sends is not valid JSON: ${json.message}`, hint);
  }
  if (!isObject(json.value))
    return refuse(problems, io, 'what it sends is no JSON object', taskHint);
  for (const target of targets) {
    const task = target.start.seen({ path, body: json.value });
    if (task === null) continue;
    if (target.start.idOf(task.id) === null)
      return refuse(problems, io, `"${task.id}" is not ${target.start.asks}`, null);
    if (task.left.length > 0)
      problems.add(
        warning(
          'E0004',
          null,
          `not taken over: ${task.left.map((name) => io.clean(name)).join(', ')}`,
        ),
      );
    return { target, task, origin };
  }
  return refuse(problems, io, `${path} starts no task`, taskHint);
};

const refuse = (problems: Problems, io: Io, why: string, hint: string | null): null => {
  problems.add(
    error('E0004', null, `the curl command: ${io.clean(why)}`, {
      hint: hint === null ? null : io.clean(hint),
    }),
  );
  return null;
};

const curlText = async (
  call: Call,
  io: Io,
  problems: Problems,
): Promise<string | typeof left | null> => {
  const typed = call.text('fromCurl');
  if (typed !== null && typed !== '-') {
    if (/^\s*curl(?:\.exe)?\s/i.test(typed)) return typed;
    const unreadable = (detail: string): null => {
      problems.add(error('E0002', null, `--from-curl ${typed} cannot be read (${detail})`));
      return null;
    };
    try {
      // A stream, since it may be a pipe; bounded, since it may be anything.
      const text = await allOf(createReadStream(resolve(io.cwd, typed)));
      return text ?? unreadable('more than a command can be');
    } catch (cause) {
      return unreadable(cause instanceof Error ? cause.message : String(cause));
    }
  }
  const input = io.in?.();
  const text =
    input === undefined ? '' : input.isTTY === true ? await pasted(input, io) : await allOf(input);
  if (text === left) return left;
  if (text === null || text.trim() === '') {
    problems.add(
      error('E0004', null, text === null ? 'stdin holds too much' : 'stdin holds no curl command', {
        hint: 'rh-batch init --from-curl command.txt, or paste it: rh-batch init --from-curl',
      }),
    );
    return null;
  }
  return text;
};

const left = Symbol('left');

/**
 * Not shown, since it holds a key that would stay in the terminal's scrollback; and not line by
 * line, of which terminals keep the first 4,096 bytes only.
 */
const pasted = async (input: Input, io: Io): Promise<string | typeof left> => {
  io.err.write('Paste the curl command (it is not shown), then press Ctrl-D: ');
  input.setRawMode?.(true);
  let text = '';
  try {
    for await (const chunk of input) {
      text += Buffer.from(chunk as Uint8Array | string).toString('latin1');
      if (/[\u0003\u0004]/.test(text)) break;
    }
  } finally {
    input.setRawMode?.(false);
    io.err.write('\n');
  }
  if (text.includes('\u0003')) return left;
  return Buffer.from(text, 'latin1')
    .toString('utf8')
    .replace(/\u0004[^]*$/, '')
    .replaceAll(/\r\n?/g, '\n');
};

/** null: more than a command can be. */
const allOf = async (input: Readable): Promise<string | null> => {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of input) {
    const piece = Buffer.from(chunk as Uint8Array | string);
    bytes += piece.length;
    if (bytes > maxBytes) return null;
    chunks.push(piece);
  }
  return Buffer.concat(chunks).toString('utf8');
};
