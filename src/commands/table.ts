import type { Call, CommandSpec, OptionSpec } from './argv/call.js';
import type { Io } from '../edges/io.js';
import { atWhichSite, liveWhen, progressMode, webhookEvents } from './shared-options.js';
import { emulatorSpec } from './emulator-spec.js';
import { picksSpec, viewSpec } from './pictures/spec.js';
import { runSpec } from './runs/single/spec.js';

type Run = (call: Call, io: Io) => Promise<number>;

export interface Command extends CommandSpec {
  /** Imported only when it is used: `--help` stays fast. */
  readonly load: () => Promise<Run>;
}

const option = (flags: string, about: string): OptionSpec => ({ flags, about });

const json = option('--json', 'one JSON document on stdout, also on errors');

/** Node looks for `--env-file` in the whole command line before any program starts; `--env` is ours. */
const envFile = option(
  '--env, --env-file <file>',
  'variables such as RUNNINGHUB_API_KEY; above the environment; repeatable, the last one wins ' +
    '(if it is missing, Node itself ends --env-file with exit code 9, while --env is exit code 2)',
);

const project: readonly OptionSpec[] = [
  option('--var <k=v>', 'set a value of vars; repeatable'),
  option('--profile <name>', 'apply a profile of the manifest'),
  envFile,
  option('--state-dir <dir>', 'where the journal lives (default: .rh-batch beside the manifest)'),
  option(
    '--store <url>',
    'a PostgreSQL database that machines share, as postgres://user@host/name',
  ),
  option('--out-dir <dir>', 'where outputs and reports go (default: outputs.dir, out/<name>)'),
  option('--max-runs <n>', 'override limits.maxRuns'),
  option('--date <day>', 'what batch.date reads, as YYYY-MM-DD (default: today, in UTC)'),
];

const selection: readonly OptionSpec[] = [
  option('--only <pattern>', 'runs whose id begins so or whose name matches; repeatable'),
  option(
    '--where <column=value>',
    "runs with this value; repeatable; 'stars>=4': of so many stars",
  ),
  option('--tag <tag>', 'runs with this tag; repeatable, any of them'),
  option('--failed', 'runs that failed or were cancelled'),
  option('--picked', 'rows with a picture that was picked (see picks)'),
  option('--first <n>', 'the first n of the selected runs'),
  option('--shard <i/n>', 'the i-th of n disjoint parts of the batch'),
  {
    ...option('--force [pattern]', 'run again although up to date (this costs)'),
    inlineOnly: true,
  },
];

const service: readonly OptionSpec[] = [
  {
    ...atWhichSite,
    about: 'the site (default: RUNNINGHUB_BASE_URL, https://www.runninghub.cn)',
  },
  option('--emulator', 'run against a local emulator in this process; kept apart from real state'),
];

const page: readonly OptionSpec[] = [
  option('--inline', 'report.html carries its outputs inside itself, up to 100 MB of them'),
  option('--inline-limit <size>', 'up to so much, such as 500MB; what goes beyond stays a link'),
];

const output: readonly OptionSpec[] = [
  option('-q, --quiet', 'nothing on stderr but problems'),
  option('-v, --verbose', 'say more; -vv logs every request, without the key'),
];

export const commands: readonly Command[] = [
  {
    name: 'apply',
    args: '[manifest]',
    about: 'run what is missing or changed',
    notes: [
      'In place of the manifest a plan that plan --out FILE saved: exactly it is carried out, and it is',
      'refused, with what changed, when manifest, data, files, history or account are not as they were.',
      '',
      'With --listen PORT --public-url URL the service tells the end of each task to URL, and polls',
      'rest while it does. A tunnel or reverse proxy must take POST requests below URL and hand them',
      'to 127.0.0.1:PORT, with the last part of the path, the query behind it and a body of up to 1 MB',
      'unchanged. Nothing that arrives is believed: it makes rh-batch ask the service sooner, and lost',
      'events cost time only. An event finds the task of a submit whose answer was lost.',
    ],
    options: [
      ...project,
      ...selection,
      option('-j, --concurrency <n>', 'tasks in flight at once, or auto'),
      ...service,
      option('--adopt', 'follow tasks of another key, too: the same account has a new one'),
      ...webhookEvents,
      option('--view', 'serve the page beside the run, as view does; on a terminal until Ctrl-C'),
      progressMode,
      liveWhen,
      ...page,
      json,
      ...output,
    ],
    load: async () => (await import('./runs/apply.js')).apply,
  },
  {
    ...runSpec({ project, selection, service, output: [json, ...output] }),
    load: async () => (await import('./runs/single/run.js')).run,
  },
  {
    name: 'plan',
    args: '[manifest]',
    about: 'the same decisions, nothing sent',
    options: [
      ...project,
      ...selection,
      ...service,
      option('--balance', 'ask the service: whether the coins suffice, and what models cost'),
      option('--all', 'a line for each run, upload and file, not only for the first 50 and 20'),
      option('--out <file>', 'save the plan, so that apply FILE carries out exactly it'),
      option('--detailed-exitcode', '0 nothing to do, 2 runs to do, 1 any error'),
      json,
      ...output,
    ],
    load: async () => (await import('./runs/plan.js')).plan,
  },
  {
    name: 'validate',
    args: '[manifest]',
    about: 'offline check of everything the user wrote',
    options: [...project, json, ...output],
    load: async () => (await import('./runs/validate.js')).validate,
  },
  {
    name: 'status',
    args: '[manifest]',
    about: 'counts and runs from the journal, also while an apply runs',
    options: [
      ...project,
      option('--watch', 'follow an apply at work until it ends; Ctrl-C leaves it alone'),
      option('--emulator', 'of the emulated batch'),
      json,
    ],
    load: async () => (await import('./runs/status.js')).status,
  },
  {
    name: 'explain',
    args: '<run> [manifest]',
    about: 'why a run is new, changed or up to date, and what became of it; or a code: E0123, 803',
    notes: [
      'RUN is an id, a name, a number, the start of an id or a name that no other run has, or a pattern',
      'of names; resolve, task and webhook take the same.',
    ],
    options: [...project, option('--emulator', 'of the emulated batch'), json],
    load: async () => (await import('./runs/explain.js')).explain,
  },
  {
    name: 'cancel',
    args: '[manifest]',
    about: "cancel this batch's remote tasks",
    options: [...project, atWhichSite, json],
    load: async () => (await import('./runs/cancel.js')).cancel,
  },
  {
    name: 'resolve',
    args: '[run] [manifest]',
    about: 'settle an unknown run, or one in flight under another key; --unknown: many',
    options: [
      option(
        '--unknown',
        'all unknown runs with what is known of them; with a decision, settle them',
      ),
      ...selection.filter(({ flags }) => /^--(?:only|where|tag) /.test(flags)),
      ...project,
      option('--task <id>', 'it is this task: followed by the next apply'),
      option('--resubmit', 'submit it again (pays twice if a task exists)'),
      option('--give-up', 'count it as failed'),
      option('-y, --yes', 'settle many without being asked'),
      atWhichSite,
      option('--emulator', 'of the emulated batch'),
      json,
    ],
    load: async () => (await import('./runs/resolve.js')).resolve,
  },
  {
    name: 'report',
    args: '[manifest]',
    about: 'write the reports again from the journal',
    notes: [
      'With --compare each run is matched with a run of before: by equal id (equal inputs), else',
      'by equal name. What differs stands side by side in report.html.',
    ],
    options: [
      ...project,
      option('--compare <dir>', 'an earlier outputs folder, or any folder with a results.jsonl'),
      ...page,
      option('--emulator', 'of the emulated batch'),
      json,
    ],
    load: async () => (await import('./state/report.js')).report,
  },
  { ...viewSpec({ project, json }), load: async () => (await import('./pictures/view.js')).view },
  {
    ...picksSpec({ project, json }),
    load: async () => (await import('./pictures/picks.js')).picks,
  },
  {
    name: 'merge',
    args: '<...dirs>',
    about: 'join the states of shards into one report',
    notes: [
      'Each DIR holds what `apply --shard I/N` left on one machine: a project, a state folder',
      '(.rh-batch/NAME), an unpacked artifact with one, or a folder of such artifacts.',
      'All N shards of one batch are wanted: a missing, doubled or foreign one is an error.',
      'The manifest is not needed, nothing is sent, and nothing in a DIR is changed.',
    ],
    options: [
      option('--out-dir <dir>', 'where the reports go (default: out/<name>-merged)'),
      option('--copy', 'copy the outputs there too; without it the report refers to them'),
      json,
      ...output,
    ],
    load: async () => (await import('./state/merge.js')).merge,
  },
  {
    name: 'unlock',
    args: '[manifest]',
    about: 'remove the lock of a process that is certainly gone',
    options: [...project, option('--emulator', 'of the emulated batch'), json],
    load: async () => (await import('./state/unlock.js')).unlock,
  },
  {
    name: 'clean',
    args: '[manifest]',
    about: 'remove parts of broken downloads, or files of runs that are gone',
    notes: [
      'With --orphans the files of runs that were paid for and are no longer in the plan (their row is',
      'gone, or changed) are listed: path, size and run. Nothing is removed without --yes, and then only',
      'what is as it was saved and belongs to no other run. Give the flags that apply was given, such as',
      '--var. What _skip leaves out, and runs of the other profiles, are not gone.',
    ],
    options: [
      ...project,
      option('--orphans', 'list the files of runs that are no longer in the plan'),
      option('-y, --yes', 'with --orphans: remove them'),
      option('--repair', 'move damaged journal lines aside'),
      option('--emulator', 'of the emulated batch'),
      json,
    ],
    load: async () => (await import('./state/clean.js')).clean,
  },
  {
    name: 'pull',
    args: '[workflowId]',
    about: "save a target's fields: a workflow's API JSON, an app's or a model's parameters",
    options: [
      option('--app <webappId>', "an AI app's fields"),
      option('--model <path>', "a standard model's parameters, from what RunningHub publishes"),
      option('--from <file>', 'with --model: a file or URL in place of the published list'),
      option('--server <url>', 'a ComfyUI server of your own; needs no key'),
      option('--last', 'with --server: the graph of the newest prompt in its history'),
      option('--out <file>', 'default api.json, app.json or model.json'),
      envFile,
      atWhichSite,
    ],
    load: async () => (await import('./service/pull.js')).pull,
  },
  {
    name: 'upload',
    args: '[...files]',
    about: 'put files on the service and print what it calls them, one line each',
    notes: [
      'What is there already is not sent again: .rh-batch/uploads.jsonl remembers, and LoRA files',
      'are known by their md5. In a manifest a local path does the same; this is for other uses.',
    ],
    options: [
      option('--lora <file>', 'a LoRA of any size, for RHLoraLoader.lora_name; repeatable'),
      option('--name <name>', "with one --lora: what it is called (default: the file's name)"),
      option('--link', 'print links, as standard models take them; they live a day'),
      envFile,
      option('--state-dir <dir>', 'where uploads are remembered (default: .rh-batch)'),
      atWhichSite,
      json,
      ...output,
    ],
    load: async () => (await import('./service/upload.js')).upload,
  },
  {
    name: 'list',
    args: '<kind> [id]',
    about: 'what the service offers: apps, loras, checkpoints, unets, ggufs, keys, quick WEBAPPID',
    notes: [
      'One line each, the name that a manifest takes first: of apps the id for pull --app, of',
      'quick create the code of a model. `list apps hottest` and `list apps newest` sort them.',
    ],
    options: [option('--first <n>', 'at most so many; default 100'), envFile, atWhichSite, json],
    load: async () => (await import('./service/list.js')).list,
  },
  {
    name: 'task',
    args: '<run> [manifest]',
    about: "what the service says of a run's task, or of any task by its id: state, cost, files",
    notes: [
      'RUN is a run of the manifest, as explain takes it; a number of 17 digits or more is a task.',
    ],
    options: [...project, atWhichSite, json],
    load: async () => (await import('./service/task.js')).task,
  },
  {
    name: 'account',
    args: '',
    about: 'coins, tasks in flight, account type',
    options: [envFile, atWhichSite, json],
    load: async () => (await import('./service/account.js')).account,
  },
  {
    name: 'webhook',
    args: '<action> <run> [manifest]',
    about: "a task's webhook event: details, or resend; of a run, or of a task by its id",
    notes: [
      'details  what was sent where, and what the receiver answered; nothing is changed',
      'resend   asks RunningHub to send it once more',
      '',
      'RUN is a run of the manifest, as explain takes it; a number of 17 digits or more is a task.',
    ],
    options: [
      option('--url <url>', 'with resend: to this URL (default: the one it was sent to)'),
      ...project,
      atWhichSite,
      json,
    ],
    load: async () => (await import('./service/webhook.js')).webhook,
  },
  {
    name: 'schema',
    args: '',
    about: 'print the JSON Schema of the manifest',
    options: [],
    load: async () => (await import('./schema.js')).schema,
  },
  {
    name: 'fields',
    args: '<file> [...addresses]',
    about: 'list addresses, current values and kinds: all, or those of these addresses',
    options: [option('--csv', 'print a CSV header'), json],
    load: async () => (await import('./fields.js')).fields,
  },
  {
    name: 'init',
    args: '[file]',
    about: 'write a manifest and its table; asks on a terminal, never elsewhere',
    notes: [
      "FILE holds the fields of what shall run: api.json, an app's or a model's file (see pull).",
      'Without --vary and without a terminal, prompts, files and fields without a value vary.',
      'The key of a curl command is never stored or shown; RUNNINGHUB_API_KEY is where it belongs.',
    ],
    options: [
      option('--id <id>', 'what runs: workflowId, webappId (/CODE for quick create), model path'),
      option('--server <url>', 'runs on this ComfyUI server; without FILE, the graph it ran last'),
      option('--vary <address[=value]>', 'a column; =VALUE for its first row, again: the next'),
      option('--name <name>', 'name of the batch (default: the name of the manifest)'),
      option('--out <file>', 'the manifest (default: manifest.yaml)'),
      option('--rows <file>', 'the table (default: rows.csv beside the manifest)'),
      option(
        '--from-curl [source]',
        "a curl command of RunningHub's page: a file, itself, or stdin",
      ),
      option('-y, --yes', 'ask nothing'),
      option('--nightly', 'new pictures every night: seeds and folder of the day, cron, CI'),
      option('--force', 'replace files that are there'),
      envFile,
      atWhichSite,
      json,
    ],
    load: async () => (await import('../init/init.js')).init,
  },
  {
    name: 'completion',
    args: '<shell>',
    about: 'print a completion script for bash, zsh or fish',
    notes: [
      'bash: eval "$(rh-batch completion bash)" in ~/.bashrc',
      'zsh:  eval "$(rh-batch completion zsh)" in ~/.zshrc, behind compinit',
      'fish: rh-batch completion fish > ~/.config/fish/completions/rh-batch.fish',
    ],
    options: [],
    load: async () => (await import('../completion/completion.js')).completion,
  },
  {
    ...emulatorSpec,
    load: async () => (await import('./emulator.js')).emulator,
  },
];
