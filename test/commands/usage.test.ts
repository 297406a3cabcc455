import { describe, expect, test } from 'vitest';
import type { OptionSpec } from '../../src/commands/argv/call.js';
import { keyOf, namesOf, readLine, takes } from '../../src/commands/argv/line.js';
import { commands } from '../../src/commands/table.js';
import { projects } from '../support/opened.js';

const start = projects();

/** Words that make a command complete, so that what is left is the option. */
const argumentsOf = (args: string): string[] =>
  args.split(' ').flatMap((name) => (name.startsWith('<') ? ['x'] : []));

const everyOption = commands.flatMap((command) =>
  command.options.flatMap((option) =>
    namesOf(option).map((name) => ({
      command: command.name,
      args: argumentsOf(command.args),
      option,
      name,
    })),
  ),
);
const long = everyOption.filter(({ name }) => name.startsWith('--'));

describe('a mistake in the command line is exit 2, sends nothing, and says what to write', () => {
  const cases: readonly (readonly [line: string, message: string, hint: string])[] = [
    ['--bogus', 'there is no option "--bogus"', 'rh-batch --help lists all'],
    ['--json', 'a command is missing before --json', 'rh-batch --help lists all commands'],
    ['-v', 'a command is missing before -v', 'rh-batch --version'],
    ['pln', 'there is no command "pln"', 'did you mean "plan"?'],
    ['aply', 'there is no command "aply"', 'did you mean "apply"?'],
    ['STATUS', 'there is no command "STATUS"', 'did you mean "status"?'],
    ['frobnicate', 'there is no command "frobnicate"', 'one of apply, run, plan'],
    ['nightly.yaml', 'there is no command "nightly.yaml"', 'rh-batch plan nightly.yaml'],
    ['apply --emulater', 'there is no option "--emulater" of apply', 'did you mean "--emulator"?'],
    ['plan --detailed-exitcodes', '"--detailed-exitcodes"', 'did you mean "--detailed-exitcode"?'],
    ['plan --detailedExitcode', '"--detailedExitcode"', 'did you mean "--detailed-exitcode"?'],
    ['plan -json', 'there is no option "-json" of plan', 'did you mean "--json"?'],
    ['plan --no-json', 'there is no option "--no-json" of plan', 'did you mean "--json"?'],
    ['apply --detailed-exitcode', '"--detailed-exitcode" of apply', 'it is an option of plan'],
    ['apply --zzzzzzz', '"--zzzzzzz" of apply', '--help lists its options'],
    ['apply --api-key x', '"--api-key" of apply', 'RUNNINGHUB_API_KEY in the environment'],
    ['apply \u2014first 3', 'another dash than "-": U+2014', 'hint: --first'],
    ['apply --progress fancy', '--progress wants auto, tty, plain, json or none', 'such as'],
    ['apply --progress pliain', 'not "pliain"', 'did you mean "plain"?'],
    ['apply --live maybe', '--live wants auto, on or off, not "maybe"', '--live auto'],
    ['plan --base-url foo', '--base-url "foo" is not of the form https://host', 'runninghub.cn'],
    ['account --base-url ftp://a', '"ftp://a" is not of the form', 'runninghub.ai'],
    ['init --base-url http://a/b', '"http://a/b" is not of the form', 'runninghub.ai'],
    ['plan --only', '--only wants a value', '--only PATTERN'],
    ['plan --only=', '--only wants a value', '--only PATTERN'],
    ['plan --only --json', 'the option --json stands in its place', '--only=--json'],
    ['apply --force=', '--force wants a value', '--force PATTERN'],
    ['plan --json=1', '--json takes no value, not "1"', 'write --json alone'],
    ['plan --failed=false', '--failed takes no value', 'leave --failed out'],
    ['plan m.yaml n.yaml', 'plan takes one manifest; "n.yaml" is one too many', 'each manifest'],
    ['plan m.yaml --json out.json', '--json takes no value; "out.json"', 'write --json alone'],
    ['apply m.yaml --force 0*', '--force takes a pattern only behind "="', "--force='0*'"],
    ['account now', 'account takes no words behind it; "now"', 'rh-batch account'],
    ['explain', 'explain wants a run', 'rh-batch status --json lists names and ids'],
    ['task', 'task wants the id of a task', 'rh-batch status --json'],
    ['merge', 'merge wants the folders of the shards', 'rh-batch merge shard-1 shard-2'],
    ['fields', 'fields wants a file, such as api.json', 'rh-batch fields api.json'],
    ['webhook details', 'webhook wants a run', 'rh-batch status --json'],
    ['resolve --unknown a b', 'resolve takes one manifest; "b"', 'each manifest'],
    ['fields api.jsn', 'api.jsn does not exist', 'api.json'],
    ['fields zzz', 'zzz does not exist', 'such as api.json'],
    ['plan --env apii.json', '--env-file apii.json does not exist', 'api.json'],
    ['plan --env zzz', '--env-file zzz does not exist', 'RUNNINGHUB_API_KEY='],
    ['plan --profile draft', 'there is no profile "draft"', 'leave --profile out'],
    ['apply --first x', '--first wants a whole number from 1 on, not "x"', '--first 4'],
  ];
  test.each(cases)('%s', async (line, message, hint) => {
    const p = await start();
    p.write('nightly.yaml', p.read('manifest.yaml'));
    const ended = await p.run(...line.split(' '));
    expect(ended.exit, ended.err).toBe(2);
    expect(ended.err).toContain(message);
    const hints = ended.err.split('\n').filter((each) => each.includes('hint:'));
    expect(hints.join('\n')).toContain(hint);
    expect(p.service.stats().requests).toEqual({});
  });

  test('all wrong options are told at once', async () => {
    const ended = await (await start()).run('plan', '--frist', '3', '--whree=a', '--json');
    const { diagnostics } = JSON.parse(ended.out) as { diagnostics: { hint: string }[] };
    expect(diagnostics.map(({ hint }) => hint)).toEqual([
      'did you mean "--first"?',
      'did you mean "--where"?',
    ]);
  });
});

describe('every option of every command', () => {
  test('that takes a value wants one', async () => {
    const p = await start();
    for (const { command, args, name, option } of everyOption) {
      if (takes(option) !== 'value') continue;
      for (const line of [[name], [`${name}=`], [name, '']].slice(name.startsWith('--') ? 0 : 2)) {
        const ended = await p.run(command, ...args, ...line);
        expect(ended.exit, `${command} ${line.join(' ')}`).toBe(2);
        expect(ended.err).toContain(`error: ${name} wants a value`);
      }
    }
    expect(p.service.stats().requests).toEqual({});
  });

  test('that takes none refuses one', async () => {
    const p = await start();
    for (const { command, args, name, option } of long) {
      if (takes(option) !== 'nothing') continue;
      const ended = await p.run(command, ...args, `${name}=yes`);
      expect(ended.exit, `${command} ${name}`).toBe(2);
      expect(ended.err).toContain(`error: ${name} takes no value, not "yes"`);
    }
  });

  test('is the nearest to itself with a letter too many', async () => {
    const p = await start();
    for (const { command, args, name } of long) {
      const ended = await p.run(command, ...args, `${name}x`);
      expect(ended.exit, `${command} ${name}`).toBe(2);
      expect(ended.err).toMatch(new RegExp(`hint: did you mean .*"${name}"`));
    }
  });

  test('with a closed set of values takes these and no other', async () => {
    const p = await start();
    const closed = long.filter(({ option }) => option.choices !== undefined);
    expect(new Set(closed.map(({ name }) => name))).toEqual(new Set(['--progress', '--live']));
    for (const { command, args, name, option } of closed) {
      const ended = await p.run(command, ...args, name, 'bogus');
      expect(ended.exit).toBe(2);
      for (const one of option.choices ?? []) expect(ended.err).toContain(one);
    }
  });
});

describe('a command line is read as it was typed', () => {
  const specs: readonly OptionSpec[] = [
    { flags: '-j, --concurrency <n>', about: '' },
    { flags: '--force [pattern]', about: '', inlineOnly: true },
    { flags: '--from-curl [source]', about: '' },
    { flags: '-v, --verbose', about: '' },
    { flags: '--env, --env-file <file>', about: '' },
  ];
  const read = (...argv: string[]): unknown => {
    const { words, options } = readLine(argv, [], specs).line;
    return [
      words.map(({ text }) => text),
      ...options.map(({ spec, value }) => [spec === null ? null : keyOf(spec), value]),
    ];
  };

  test.each([
    [
      ['-j4', 'm.yaml'],
      [['m.yaml'], ['concurrency', '4']],
    ],
    [['-j=4'], [[], ['concurrency', '4']]],
    [
      ['-j', '004'],
      [[], ['concurrency', '004']],
    ],
    [
      ['--concurrency', '1980237776367083521'],
      [[], ['concurrency', '1980237776367083521']],
    ],
    [
      ['-vvj', '2'],
      [[], ['verbose', null], ['verbose', null], ['concurrency', '2']],
    ],
    [
      ['--force', 'm.yaml'],
      [['m.yaml'], ['force', null]],
    ],
    [['--force=a=b'], [[], ['force', 'a=b']]],
    [
      ['--from-curl', 'a', 'b'],
      [['b'], ['fromCurl', 'a']],
    ],
    [
      ['--env', 'a', '--env-file=b'],
      [[], ['envFile', 'a'], ['envFile', 'b']],
    ],
    [['-1', '-12.5', '-'], [['-1', '-12.5', '-']]],
    [['--', '--force', '-j'], [['--force', '-j']]],
    [['--__proto__=x'], [[], [null, 'x']]],
  ])('%j', (argv, expected) => {
    expect(read(...argv)).toEqual(expected);
  });

  test('also a manifest behind "--"', async () => {
    const p = await start({ manifest: 'set: { Positive Prompt.text: a }' });
    p.write('-odd.yaml', p.read('manifest.yaml'));
    const ended = await p.run('plan', '--', '-odd.yaml', '--json');
    expect(ended.err).toContain('plan takes one manifest; "--json" is one too many');
    expect(await p.run('plan', '--', '-odd.yaml')).toMatchObject({ exit: 0 });
  });
});
