import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Problems } from '../../src/diagnostics/problems.js';
import { systemClock } from '../../src/edges/clock.js';
import { createClient } from '../../src/runninghub/client.js';
import { modelsIn, pickModel, readDescription } from '../../src/targets/model/description.js';
import type { Described } from '../../src/targets/model/description.js';
import { modelTarget } from '../../src/targets/model/model.js';
import { isPath } from '../../src/targets/model/path.js';
import type { Json } from '../../src/values/json.js';
import { JsonNumber } from '../../src/values/json.js';
import { jsonText, parseJson } from '../../src/values/json-text.js';
import type { Field } from '../../src/workflow/workflow.js';
import { projects } from '../support/opened.js';
import type { Project } from '../support/project.js';
import { key } from '../support/project.js';

/**
 * The list that RunningHub publishes lies beside the project where there is a copy of it. Without
 * one, these tests are shown as skipped.
 */
const file = join(import.meta.dirname, '../../../shared/models/model-registry.public.json');
const here = existsSync(file);
const text = here ? readFileSync(file, 'utf8') : '{"models":[]}';
const read = parseJson(text);
const all: readonly Described[] = read.ok ? modelsIn(read.value) : [];

const start = projects();
const shared = new Map([[key, { coins: 0, money: 5_000, apiType: 'SHARED' as const }]]);
const link = 'https://example.com/a.bin';

const endpointOf = ({ endpoint }: Described): string => endpoint ?? '';
const descriptions = (): ReadonlyMap<string, string> =>
  new Map(all.map((one) => [endpointOf(one), jsonText(one.json)]));

/** A value of the field that nobody could have forgotten. */
const valueFor = ({ kind, file: medium, rules }: Field): Json => {
  if (kind === 'list') return medium === null ? ['a word'] : [link];
  if (medium !== null) return link;
  if (kind === 'number') return new JsonNumber(rules?.min ?? '5');
  const [choice] = rules?.choices ?? [];
  if (choice !== undefined) return choice.value;
  const { min = null, max = null } = rules?.length ?? {};
  return 'a fox '.repeat(1_000).slice(0, Math.max(min ?? 1, Math.min(12, max ?? 12)));
};

const fieldsOf = (one: Described): readonly Field[] => {
  const problems = new Problems();
  const id = endpointOf(one);
  const input = { id, file: 'model.json', content: jsonText(one.json), loaders: new Map() };
  const workflow = readDescription(input, problems);
  expect(problems.kept).toEqual([]);
  return [...(workflow?.nodes.get('model')?.fields.values() ?? [])];
};

describe.skipIf(!here)('the models that RunningHub publishes', () => {
  test('there are 299 of them, each with a path that a manifest may name', () => {
    expect(all).toHaveLength(299);
    expect(all.map(endpointOf).filter((path) => !isPath(path))).toEqual([]);
  });

  test('each is found by its path and by what the documentation calls it', () => {
    const lost = all.flatMap((one) => {
      const { names } = one;
      return [endpointOf(one), ...names].filter((name) => {
        const found = pickModel(all, name, null);
        return 'why' in found || (found !== one && !found.names.includes(name));
      });
    });
    expect(lost).toEqual([]);
  });

  test('none can be run with nothing given where it asks for a text or a file', () => {
    const asks = all.filter(({ params }) =>
      params.some((param) => {
        const shown = jsonText(param);
        return /"type":"(?:STRING|IMAGE|VIDEO|AUDIO)","required":true/.test(shown);
      }),
    );
    expect(asks.length).toBeGreaterThan(250);
    for (const one of asks)
      expect(
        fieldsOf(one).some(({ rules, value }) => rules?.required === true && value === null),
        endpointOf(one),
      ).toBe(true);
  });

  test('each is accepted with a value for what it needs and its defaults for the rest', async () => {
    const p = await start({ emulator: { keys: shared, models: descriptions(), slots: 1_000 } });
    const client = createClient({ baseUrl: p.service.url, key, clock: systemClock, env: {} });
    const service = client.speaking('v2');
    const refused: unknown[] = [];
    for (const one of all) {
      const id = endpointOf(one);
      const sent = fieldsOf(one).flatMap((field) => {
        const json = field.value ?? (field.rules?.required === true ? valueFor(field) : null);
        return json === null ? [] : [{ node: 'model', field: field.name, json }];
      });
      const workflow = {
        file: '',
        nodes: new Map(),
        at: () => ({ file: '', line: 1, column: 1, length: 1, text: null }),
      };
      const create = {} as Parameters<typeof modelTarget.request>[0]['create'];
      const answer = await service.create(
        modelTarget.request({ id, workflow, sent, create, whole: false }),
      );
      if (answer.is !== 'accepted') refused.push([id, answer.fault.message]);
    }
    await client.close();
    expect(refused).toEqual([]);
    expect(p.service.bill()).toHaveLength(all.length);
  });

  test('pull, fields, validate, plan and apply go through for paths of every form', async () => {
    const p = await start({ emulator: { keys: shared, models: descriptions() } });
    p.write('registry.json', text);
    const chosen: readonly (readonly [asked: string, path: string])[] = [
      ['kling-elements', 'kling-elements'],
      ['sd2.0/video-generator-trial', 'cinematic-video-generator'],
      ['pixverse-v5.5-effects', 'pixverse-v5.5-effects'],
      ['rhart-image-g-1.5/edit-[Deprecated]', 'rhart-image-g-1.5/edit-[Deprecated]'],
      ['sora-2/text-to-video-official-stable', 'rhart-video-s-official/text-to-video'],
      ['可灵文生视频3.0-pro', 'kling-v3.0-pro/text-to-video'],
    ];
    for (const [asked, path] of chosen) expect(await wholeWay(p, asked, path)).toBe(null);
    expect(p.service.bill()).toHaveLength(chosen.length);
    const unknown = await p.run('pull', '--model', 'nobody/knows', '--from', 'registry.json');
    expect(unknown.exit).toBe(2);
  });

  const wanted = Math.min(all.length, Number(process.env['MODELS'] ?? 10));
  const walk = { timeout: 600_000 + wanted * 10_000 };
  // The whole way of all 299 takes minutes. `MODELS=299` walks them all; the rest of the suite
  // walks a sample that has a model of every kind of result.
  test(
    'pull, fields, validate, plan and apply go through for model after model',
    walk,
    async () => {
      const p = await start({ emulator: { keys: shared, models: descriptions() } });
      p.write('registry.json', text);
      const chosen = all.filter((_, index) => (index * wanted) % all.length < wanted);
      const failed: string[] = [];
      for (const one of chosen) {
        const wrong = await wholeWay(p, endpointOf(one), endpointOf(one));
        if (wrong !== null) failed.push(`${endpointOf(one)}: ${wrong}`);
      }
      expect(failed).toEqual([]);
      expect(p.service.bill()).toHaveLength(chosen.length);
    },
  );
});

/** What went wrong on the way of one model from `pull` to `apply`, or null. */
const wholeWay = async (p: Project, asked: string, path: string): Promise<string | null> => {
  const pulled = await p.run(
    ...['pull', '--model', asked, '--from', 'registry.json', '--out', 'model.json'],
  );
  if (pulled.exit !== 0) return pulled.err;
  const one = all.find(({ endpoint }) => endpoint === path);
  if (one === undefined) return 'is not in the registry';
  const needed = fieldsOf(one).filter(
    ({ rules, value }) => rules?.required === true && value === null,
  );
  const set = needed.map((field) => `  model.${field.name}: ${jsonText(valueFor(field))}`);
  const given = set.length === 0 ? '' : `set:\n${set.join('\n')}`;
  const name = path.replaceAll(/\W+/g, '-');
  p.write(
    'manifest.yaml',
    `version: 1\nname: ${name}\nmodel: "${path}"\nparameters: model.json\n${given}\n`,
  );
  const fields = await p.run('fields', 'model.json');
  const shown =
    one.params.length === 0 ? fields.err.includes('no field') : /model\./.test(fields.out);
  if (!shown) return `fields: ${fields.out}${fields.err}`;
  const valid = await p.run('validate');
  if (valid.exit !== 0) return `validate: ${valid.err}`;
  const planned = await p.run('plan');
  if (!planned.out.includes('1 run')) return `plan: ${planned.out}${planned.err}`;
  const ended = await p.apply();
  return ended.exit === 0 ? null : `apply: ${ended.out}${ended.err}`;
};
