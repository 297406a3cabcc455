import { mkdir, open, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { error } from '../../diagnostics/diagnostic.js';
import type { Problems } from '../../diagnostics/problems.js';
import { machineText } from '../../edges/machine.js';
import { whyFull } from '../../edges/files/output-files.js';
import { temporaryName } from '../../edges/files/temporary.js';
import type { Project } from '../load/project.js';

/** More than a file system keeps inside a name's own entry: a full disk shows. */
const probeBytes = 64 * 1024;
const headBytes = 4096;

/** How each report begins, in this version and in older ones. */
const ours: Readonly<Record<string, RegExp>> = {
  'summary.json': /^\{\s*"version": ?\d[\s\S]*"workflowId"/,
  'results.jsonl': /^\{"index":\d+,"id":"[0-9a-f]+"/,
  'results.csv': /^\uFEFF?index,id,name,status,/,
  'report.html': /^<!doctype html>[\s\S]*Content-Security-Policy" content="default-src 'none'/i,
  'junit.xml': /^<\?xml [^>]*>\s*<testsuites tests="\d+" failures="\d+" errors="\d+"/,
};

/**
 * Before the first submit: whether outputs and reports can be written where they are to go, and
 * whether a file of the user's stands there that no report may replace.
 */
export const probeOutputs = async (
  { outputsDir, show }: Pick<Project, 'outputsDir' | 'show'>,
  /** Whether anything is to be submitted, whose outputs need room. */
  submits: boolean,
  problems: Problems,
): Promise<void> => {
  const temporary = join(outputsDir, temporaryName('probe'));
  try {
    await mkdir(outputsDir, { recursive: true });
    await writeFile(temporary, new Uint8Array(probeBytes), { flag: 'wx', flush: true });
  } catch (cause) {
    problems.add(
      error(
        'E0750',
        null,
        `outputs cannot be written to ${show(outputsDir)}: ${machineText(cause)}`,
        {
          hint: 'make room or mend the folder; outputs.dir or --out-dir chooses another one',
        },
      ),
    );
    return;
  } finally {
    await unlink(temporary).catch(() => undefined);
  }
  const full = submits ? await whyFull(outputsDir, 0) : null;
  if (full !== null)
    problems.add(
      error('E0750', null, `outputs have no room in ${show(outputsDir)}: ${full}`, {
        hint: 'make room first, or choose another outputs.dir or --out-dir',
      }),
    );
  for (const [name, form] of Object.entries(ours)) {
    const path = join(outputsDir, name);
    const why = await whyNotReplaced(path, form);
    if (why !== null)
      problems.add(
        error('E0751', null, `${show(path)} ${why}, and a report would take its place`, {
          hint: 'move it away, or choose another outputs.dir or --out-dir',
        }),
      );
  }
};

/** null: nothing is there, or a report of an earlier apply. */
const whyNotReplaced = async (path: string, form: RegExp): Promise<string | null> => {
  const facts = await stat(path).catch(() => null);
  if (facts === null) return null;
  if (!facts.isFile()) return 'is no file';
  if (facts.size === 0) return null;
  try {
    const file = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await file.read(Buffer.alloc(headBytes), 0, headBytes, 0);
      const head = buffer.toString('utf8', 0, bytesRead);
      return form.test(head) ? null : 'was not written by rh-batch';
    } finally {
      await file.close();
    }
  } catch (cause) {
    return `cannot be read (${machineText(cause)})`;
  }
};
