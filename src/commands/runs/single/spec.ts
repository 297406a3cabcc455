import type { CommandSpec, OptionSpec } from '../../argv/call.js';
import { liveWhen, progressMode } from '../../shared-options.js';

type Options = readonly OptionSpec[];

const option = (flags: string, about: string): OptionSpec => ({ flags, about });

/** `rh-batch run` for the table of commands; it shares options with the others. */
export const runSpec = (
  shared: Readonly<Record<'project' | 'selection' | 'service' | 'output', Options>>,
): CommandSpec => ({
  name: 'run',
  args: '<file>',
  about: 'one run without a manifest: submit, follow, save, print paths and URLs',
  notes: [
    'FILE holds the fields: api.json, or what pull --app and pull --model save. Each --set gives one of',
    'them a value, as in set of a manifest; of a media field a local file, which is uploaded.',
    '  rh-batch run api.json --id 198… --set "Positive Prompt.text=a fox" --set LoadImage.image=fox.png',
    'On stdout: a line for each output, its path, a tab, its URL; or the node that failed, with its',
    'reason and traceback. The same call again pays nothing: it follows what is under way, or tells',
    'what was made. Its journal is in .rh-batch beside FILE, its outputs are in out/ here.',
  ],
  options: [
    option('--id <id>', 'what runs: workflowId, webappId (/CODE for quick create), model path'),
    option('--app <webappId>', 'the same for an AI app'),
    option('--set <address=value>', 'a field and its value; repeatable'),
    option('--instance <type>', 'the machine: default, plus or ultra'),
    ...shared.project.filter(({ flags }) => /^--(?:env|state-dir|out-dir)\b/.test(flags)),
    ...shared.selection.filter(({ flags }) => /^--(?:only|force)\b/.test(flags)),
    ...shared.service,
    option('--adopt', 'follow tasks of another key, too: the same account has a new one'),
    progressMode,
    liveWhen,
    ...shared.output,
  ],
});
