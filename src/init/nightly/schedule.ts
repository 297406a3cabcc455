import { posixWord } from '../../values/shell-words.js';

export interface Schedule {
  /** Absolute: where the manifest lies. */
  readonly folder: string;
  /** Its name in that folder. */
  readonly manifest: string;
  /** What the task is called. */
  readonly name: string;
  /** Where `node` and `npx` are: cron looks into few folders. */
  readonly bin: string;
  /** File with the key, absolute; null: the usual one, or none is needed. */
  readonly envFile: string | null;
  readonly needsKey: boolean;
  /** null: the usual one. */
  readonly baseUrl: string | null;
  /** Minutes that local time is behind UTC, as Date tells it. */
  readonly behindUtc: number;
}

const minute = 17;

/**
 * An hour of the night whose day in UTC is the same in summer and in winter: the seeds follow from
 * that day, and a day that comes twice would leave a night without pictures.
 */
export const nightHour = (behindUtc: number): number => {
  const utc = (hour: number): number => (hour * 60 + minute + behindUtc + 2 * 1440) % 1440;
  const [found] = [2, 3, 4, 5, 1].filter((hour) => utc(hour) >= 90 && utc(hour) <= 1350);
  return found ?? 2;
};

/** One line for `crontab -e`. A percent sign is a line end there. */
export const crontabLine = (schedule: Schedule): string => {
  const { folder, manifest, bin, envFile, needsKey, baseUrl, behindUtc } = schedule;
  const key = envFile === null ? '"$HOME/.rh-batch.env"' : posixWord(envFile);
  const command = [
    `cd ${posixWord(folder)} && PATH=${posixWord(bin)}:"$PATH" npx --yes rh-batch apply`,
    posixWord(manifest),
    ...(needsKey || envFile !== null ? [`--env ${key}`] : []),
    ...(baseUrl === null ? [] : [`--base-url ${posixWord(baseUrl)}`]),
    '>> nightly.log 2>&1',
  ].join(' ');
  return `${minute} ${nightHour(behindUtc)} * * * ${command.replaceAll('%', '\\%')}`;
};

/**
 * A command for `cmd`, typed in the folder of the manifest, which it puts in place of %CD%. Windows
 * takes at most 261 characters behind /TR.
 */
export const taskCommand = (schedule: Schedule): string => {
  const { manifest, name, envFile, needsKey, baseUrl, behindUtc } = schedule;
  const inner = (text: string): string => `\\"${text}\\"`;
  const key = envFile === null ? '%USERPROFILE%\\.rh-batch.env' : envFile;
  const command = [
    `cd /d ${inner('%CD%')} && npx --yes rh-batch apply`,
    /^[\w./-]+$/.test(manifest) ? manifest : inner(manifest),
    ...(needsKey || envFile !== null ? [`--env ${inner(key)}`] : []),
    ...(baseUrl === null ? [] : [`--base-url ${baseUrl}`]),
    '>> nightly.log 2>&1',
  ].join(' ');
  const at = `${String(nightHour(behindUtc)).padStart(2, '0')}:${minute}`;
  return `schtasks /Create /SC DAILY /ST ${at} /TN "rh-batch ${name}" /TR "cmd /c ${command}"`;
};

/** What a person is told beside the manifest; for the machine that it was written on. */
export const scheduleText = (schedule: Schedule, ciFile: string | null): string =>
  [
    `Every night new pictures, in a folder of that day (UTC): out/${schedule.name}/DAY.`,
    'A second start on the same day does only what is missing.',
    '',
    ...(schedule.needsKey && schedule.envFile === null
      ? [
          'The key, once, into a file that only you can read:',
          `(umask 077; printf 'RUNNINGHUB_API_KEY=%s\\n' "$RUNNINGHUB_API_KEY" > "$HOME/.rh-batch.env")`,
          'on Windows, in cmd: > "%USERPROFILE%\\.rh-batch.env" echo RUNNINGHUB_API_KEY=%RUNNINGHUB_API_KEY%',
          '',
        ]
      : []),
    'Linux and macOS: one line for crontab -e',
    crontabLine(schedule),
    '',
    'Windows: one command for cmd (not PowerShell), typed in the folder of the manifest',
    taskCommand(schedule),
    '',
    ...(ciFile === null
      ? [
          'GitHub: its machines do not reach a server of your own network, so no workflow was written.',
        ]
      : [
          `GitHub: commit ${ciFile}, and give the repository the key:`,
          'gh secret set RUNNINGHUB_API_KEY',
        ]),
    '',
  ].join('\n');
