import { resolve } from 'node:path';
import { Problems } from '../diagnostics/problems.js';
import { writeAtomically } from '../edges/atomic.js';
import { createClient } from '../runninghub/client.js';
import { parseJson } from '../values/json-text.js';
import type { Call } from './call.js';
import { identify } from './connect.js';
import { exit } from './exit.js';
import type { Io } from './io.js';
import { indented } from './indent.js';
import { readEnvFile } from './project.js';
import { sayOne, sayProblems } from './say.js';

/** `rh-batch pull WORKFLOWID`: saves the graph that the service has of a workflow. */
export const pull = async (call: Call, io: Io): Promise<number> => {
  const problems = new Problems();
  const env = await readEnvFile(call, io, problems);
  const identity = identify(call, io, env, problems);
  sayProblems(problems, call, io);
  if (identity === null || problems.errors > 0) return exit.badInput;
  const { site, key, clock } = identity;
  const client = createClient({ baseUrl: site, key, clock, env: io.env });
  try {
    const answer = await client.workflow(call.args[0] ?? '');
    if (answer.is === 'failed') {
      sayOne('E0801', answer.fault.message, null, call, io);
      return exit.service;
    }
    const read = parseJson(answer.prompt);
    if (!read.ok) {
      sayOne('E0801', `the service gave a graph that is no JSON: ${read.message}`, null, call, io);
      return exit.service;
    }
    const out = call.text('out') ?? 'api.json';
    await writeAtomically(resolve(io.cwd, out), [indented(read.value)]);
    io.out.write(`${out}\n`);
    return exit.done;
  } finally {
    await client.close();
  }
};
