import type { Call } from '../commands/argv/call.js';
import { completionScripts } from './scripts.js';
import { exit } from '../batch/exit.js';
import type { Io } from '../edges/io.js';
import { sayOne } from '../commands/say.js';

/** `rh-batch completion bash|zsh|fish`: the script that the shell loads. */
export const completion = (call: Call, io: Io): Promise<number> => {
  const shell = call.args[0] ?? '';
  if (shell === 'bash' || shell === 'zsh' || shell === 'fish') {
    io.out.write(completionScripts[shell]);
    return Promise.resolve(exit.done);
  }
  const shells = Object.keys(completionScripts).join(', ');
  sayOne('E0001', `there is no completion for "${shell}"`, `one of ${shells}`, call, io);
  return Promise.resolve(exit.badInput);
};
