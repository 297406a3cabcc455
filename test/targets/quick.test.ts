import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { projects } from '../support/opened.js';
import type { Project } from '../support/project.js';

const start = projects();
const webappId = '1961234567890123457';
const fields = readFileSync(
  fileURLToPath(new URL('../../manifests/apps/portrait.json', import.meta.url)),
  'utf8',
);

const withQuick = async (quick: string, keys = ''): Promise<Project> => {
  const p = await start({ emulator: { apps: new Map([[webappId, fields]]) } });
  p.write('fields.json', fields);
  p.write('manifest.yaml', `version: 1\nquick: ${quick}\napp: fields.json\n${keys}\n`);
  return p;
};

test('a quick-create task runs with its code, every value a text', async () => {
  const p = await withQuick(
    `{ webappId: ${webappId}, code: 002 }`,
    'set: { text.prompt: a girl, count.batch_size: 2 }',
  );
  const ended = await p.apply();
  expect(ended.exit, ended.err).toBe(0);
  const [request] = p.service.bill().map(({ request: body }) => JSON.parse(body) as object);
  expect(request).toMatchObject({ webappId, quickCreateCode: '002' });
  expect(p.received()[0]?.map(({ fieldValue }) => typeof fieldValue)).toEqual(
    Array.from({ length: 7 }, () => 'string'),
  );
  expect(p.service.stats().requests).toMatchObject({ quickApp: 1 });
  expect((await p.apply()).exit).toBe(0);
  expect(p.service.bill()).toHaveLength(1);
  // Another code is another model: it runs anew, and says why.
  p.write('manifest.yaml', p.read('manifest.yaml').replace('002', '003'));
  const { runs } = await p.plan();
  expect(runs[0]?.reasons.join()).toContain(`quick ${webappId}/002 → ${webappId}/003`);
});

test.each<[string, string, RegExp]>([
  ['without a code', `{ webappId: 5 }`, /error: "quick" needs the key "code"/],
  [
    'with an id that is none',
    `{ webappId: a, code: "1" }`,
    /2:20 error: "webappId" must be digits/,
  ],
  ['with a code that is none', `{ webappId: 5, code: "a b" }`, /2:29 error: "quick\.code" must be/],
])('%s it is a mistake at its place', async (_name, quick, message) => {
  const p = await withQuick(quick);
  const ended = await p.run('validate');
  expect(ended.exit).toBe(2);
  expect(ended.err).toMatch(message);
});

test('without its file it is told how to come by one', async () => {
  const p = await withQuick(`{ webappId: ${webappId}, code: "002" }`);
  p.remove('fields.json');
  const ended = await p.run('validate');
  expect(ended.exit).toBe(2);
  expect(ended.err).toContain('save the nodeInfoList of the quick-create page there');
});
