import { githubAnnotations } from '../diagnostics/annotations.js';
import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { error } from '../diagnostics/diagnostic.js';
import type { Code } from '../diagnostics/codes.js';
import { Problems } from '../diagnostics/problems.js';
import { diagnosticJson, renderProblems } from '../diagnostics/render.js';
import { painter } from '../terminal/colour.js';
import type { Call } from './argv/call.js';
import type { UsageMistake } from './argv/line.js';
import { inRepository, isGithub } from '../terminal/ci.js';
import type { Identity } from '../batch/connect.js';
import type { BatchOptions } from '../batch/options/options.js';
import { wayOut } from '../batch/way-out.js';
import type { Io } from '../edges/io.js';
import { asTyped } from './argv/typed.js';

/** Problems for people on stderr, as data on stdout with `--json`, as annotations on GitHub. */
export const sayProblems = (
  problems: Problems,
  call: Call,
  io: Io,
  /** Where the batch is another one than what was typed says. */
  about: BatchOptions | null = null,
): void => {
  if (problems.kept.length === 0) return;
  if (isGithub(io)) {
    const more = problems.more.reduce((sum, { count }) => sum + count, 0);
    io.err.write(githubAnnotations(problems.kept, more, inRepository(io)));
  }
  const quiet = call.flag('quiet') && problems.errors === 0;
  const said = renderProblems(problems, painter(io.env, io.err.isTTY));
  // Hints alone: an excerpt shows the file as it is.
  if (!quiet) io.err.write(said.replace(/^.*\bhint:.*$/gm, (line) => asTyped(line, call, about)));
  if (call.flag('json') && problems.errors > 0)
    io.out.write(`${problemsJson(problems, call, about)}\n`);
};

const problemsJson = (problems: Problems, call: Call, about: BatchOptions | null): string =>
  JSON.stringify({
    version: 1,
    error: problems.kept.find(({ severity }) => severity === 'error')?.message ?? 'failed',
    diagnostics: problems.kept.map((each) =>
      diagnosticJson(
        each.hint === null ? each : { ...each, hint: asTyped(each.hint, call, about) },
      ),
    ),
    more: problems.more,
  });

/** One mistake that is not about a file. */
export const sayOne = (
  code: Code,
  message: string,
  hint: string | null,
  call: Call,
  io: Io,
): void => {
  sayFound(error(code, null, message, { hint }), call, io);
};

/** What the service did not answer, or not as it should, and what to look at. */
export const sayUnanswered = (
  { message }: { readonly message: string },
  identity: Identity,
  call: Call,
  io: Io,
): void => sayOne('E0801', message, wayOut(message, identity), call, io);

export const sayFound = (diagnostic: Diagnostic, call: Call, io: Io): void => {
  const problems = new Problems();
  problems.add(diagnostic);
  sayProblems(problems, call, io);
};

/** Mistakes in the command line, found before anything was read. */
export const sayUsage = (mistakes: readonly UsageMistake[], call: Call, io: Io): void => {
  const problems = new Problems();
  for (const { message, hint } of mistakes) problems.add(error('E0001', null, message, { hint }));
  sayProblems(problems, call, io);
};
