import type { CommandSpec, OptionSpec } from './argv/call.js';

const option = (flags: string, about: string): OptionSpec => ({ flags, about });

/** `rh-batch emulator` for the table of commands. */
export const emulatorSpec: CommandSpec = {
  name: 'emulator',
  args: '',
  about: 'serve a local RunningHub, or a local ComfyUI',
  notes: [
    'A consumer account runs 2 tasks at once, pays with coins, and is refused standard models (1014).',
    'An enterprise-shared one runs 50, pays with money, and may run them. An enterprise-dedicated one',
    'has one machine, or as many as --slots says: beyond them it is 415, or its own queue of 1000.',
  ],
  options: [
    option('--port <n>', 'default 8188'),
    option('--host <address>', 'default 127.0.0.1'),
    option(
      '--account <kind>',
      'consumer, enterprise-shared or enterprise-dedicated (default: coins, and all is allowed)',
    ),
    option('--slots <n>', 'tasks that run at once, default 3, or what the account has'),
    option('--queue <n>', 'tasks that may wait beyond the slots, default 0 (then 421)'),
    option('--speed <n>', 'how much faster than the real service, default 1'),
    option('--task-seconds <s>', 'median run time of a task in service time, default 30'),
    option('--key <key>', 'accept only this key; repeatable (default: any)'),
    option('--workflow <id=file>', 'a saved workflow; repeatable'),
    option('--app <id=file>', 'an AI app, as pull --app saves it; repeatable'),
    option('--model <path=file>', 'a standard model, as pull --model saves it; repeatable'),
    option('--locked <id=password>', 'a workflow or app with an access password; repeatable'),
    option('--strict', 'refuse workflows that are not given (380)'),
    option('--seed <n>', 'of run times and faults, default 1'),
    option('--comfyui', 'serve a plain ComfyUI server instead'),
    option('--comfyui-version <v>', 'mid-2024, 0.3.64 (default) or 2026'),
    option('--checkpoint <name>', 'a checkpoint that this ComfyUI has; repeatable'),
    option('--lora <name>', 'a LoRA that this ComfyUI has; repeatable'),
    option('--dir <folder>', 'keep input and output files of this ComfyUI here'),
    option('--previews', 'this ComfyUI sends pictures while a sampler runs'),
    option(
      '--fault <spec>',
      'endpoint:kind:probability, such as create:resetAfter:0.2; repeatable',
    ),
  ],
};
