import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Project } from '../support/project.js';
import { until } from '../support/until.js';
import type { Feed } from './pages.js';
import { ask, dataOf, listen, view } from './pages.js';

const files = {
  'rows.csv': `Positive Prompt.text\n${Array.from({ length: 6 }, (_, at) => `fox ${at}`).join('\n')}\n`,
};
const manifest = 'matrix: { rows: rows.csv }';

const sinceOf = async (address: string): Promise<string> =>
  dataOf(await ask(address, '')).live!.since;

/** What each run was said to be, in order, without repetitions. */
const storiesIn = (feed: Feed): ReadonlyMap<number, readonly string[]> => {
  const stories = new Map<number, string[]>();
  for (const { runs } of feed.changes())
    for (const [place, { status, doing }] of runs) {
      const story = stories.get(place) ?? [];
      const said = doing ?? status;
      if (story.at(-1) !== said) story.push(said);
      stories.set(place, story);
    }
  return stories;
};

test('a page that was opened before the first apply is told how runs turn and finish', async () => {
  const p = await Project.start({ manifest, files });
  const { address, stop } = await view(p);
  const page = await ask(address, '');
  expect(dataOf(page)).toMatchObject({
    live: {
      now: {
        running: false,
        notice:
          'No apply of this batch has begun yet; it begins with: rh-batch apply manifest.yaml',
      },
    },
    start: null,
  });
  const feed = await listen(address, dataOf(page).live!.since);
  const applied = await p.apply();
  expect(applied.exit).toBe(0);
  await feed.heard(({ event, data }) => event === 'changes' && /"running":false.*"s"/.test(data));
  await feed.heard(({ event, data }) => event === 'changes' && data.includes('6 of 6'));
  const stories = storiesIn(feed);
  expect([...stories.keys()].sort()).toEqual([0, 1, 2, 3, 4, 5]);
  for (const story of stories.values()) {
    expect(story.at(-1)).toBe('succeeded');
    expect(story.some((said) => said === 'queued' || said === 'running')).toBe(true);
  }
  const lines = feed.changes().map(({ now }) => now.line);
  expect(lines.some((line) => /3 in flight · 3 waiting/.test(line))).toBe(true);
  expect(lines.some((line) => /coins · about .* left · estimate from/.test(line))).toBe(true);
  const last = feed.changes().at(-1)!;
  expect(last.now).toEqual({ running: false, line: '', notice: null });
  expect(last.heading).toContain('6 of 6');
  // What the feed told is what a page of now holds.
  const told = new Map(feed.changes().flatMap(({ runs }) => runs));
  const { runs } = dataOf(await ask(address, '')) as unknown as { runs: unknown[] };
  expect([...told].sort(([a], [b]) => a - b).map(([, run]) => run)).toEqual(runs);
  feed.close();
  await stop();
  await p.close();
});

test('after a break a page is told what it missed; of another server it begins anew', async () => {
  const p = await Project.start({ manifest, files });
  const { address, stop } = await view(p);
  const since = await sinceOf(address);
  await p.apply('--first', '2');
  const first = await listen(address, since);
  const { id } = await first.heard(({ event }) => event === 'changes');
  expect([...storiesIn(first).keys()].slice(0, 2)).toEqual([0, 1]);
  first.close();
  await p.apply('--first', '3');
  // A browser comes back with the address that it had, and names the last event.
  const second = await listen(address, since, id!);
  await second.heard(() => storiesIn(second).get(2)?.at(-1) === 'succeeded');
  second.close();
  for (const unknown of ['0123456789ab.1', 'x', '', `${since}.5`, since.replace(/\d+$/, '-1')]) {
    const other = await listen(address, unknown);
    expect(await other.heard(() => true)).toMatchObject({ event: 'reload' });
    other.close();
  }
  await stop();
  await p.close();
});

test('a batch with other rows makes pages load anew; one that cannot be read keeps them', async () => {
  const p = await Project.start({ manifest, files });
  const { address, stop } = await view(p);
  const feed = await listen(address, await sinceOf(address));
  await p.apply('--first', '1');
  await feed.heard(({ data }) => data.includes('"succeeded"'));
  expect(feed.messages.some(({ event }) => event === 'reload')).toBe(false);
  p.write('rows.csv', 'Positive Prompt.text\nan owl\n');
  await p.apply();
  await feed.heard(({ event }) => event === 'reload');
  const { runs } = dataOf(await ask(address, '')) as unknown as { runs: { values: string[] }[] };
  expect(runs.map(({ values }) => values[0])).toEqual(['an owl']);
  feed.close();
  await stop();
  await p.close();
});

test('a batch folder that vanishes is told, and what was known is still shown', async () => {
  const p = await Project.start({ manifest, files });
  await p.apply('--first', '1');
  const { address, stop } = await view(p);
  const feed = await listen(address, await sinceOf(address));
  const state = join(p.dir, '.rh-batch');
  renameSync(state, `${state}-away`);
  await feed.heard(({ data }) => data.includes('Its state folder is gone'));
  renameSync(`${state}-away`, state);
  await feed.heard(
    ({ event, data }) => event === 'changes' && !data.includes('Its state folder is gone'),
  );
  p.remove('out');
  const page = await ask(address, '');
  expect(page.status).toBe(200);
  const { runs } = dataOf(page) as unknown as { runs: { outputs: { src: string }[] }[] };
  const gone = await ask(address, runs[0]!.outputs[0]!.src.replace('./', ''));
  expect([gone.status, gone.body.toString()]).toEqual([
    404,
    'There is no such file in this batch.\n',
  ]);
  feed.close();
  expect((await stop()).exit).toBe(0);
  expect(existsSync(state)).toBe(true);
  await p.close();
});

test('an apply that was broken off is told so', async () => {
  const p = await Project.start({ manifest, files });
  await p.apply('--first', '1');
  const path = '.rh-batch/manifest/journal.jsonl';
  p.write(
    path,
    p
      .read(path)
      .split('\n')
      .filter((line) => !line.includes('"end"'))
      .join('\n'),
  );
  const { address, stop } = await view(p);
  expect(dataOf(await ask(address, ''))).toMatchObject({
    live: {
      now: {
        running: false,
        notice: 'The last apply was broken off; what goes on with it: rh-batch apply manifest.yaml',
      },
    },
  });
  await stop();
  await p.close();
});

test('apply --view serves the page beside the run, nodes and all, and ends with it', async () => {
  const p = await Project.start({ manifest, files });
  const applying = p.start(['apply', '--view', '--live', 'on']);
  await until(() => applying.printed.err.includes('page: http'));
  const [, address = ''] = /page: (\S+)/.exec(applying.printed.err) ?? [];
  const feed = await p.still(async () => listen(address, await sinceOf(address)));
  const { exit } = await applying.ended;
  expect(exit).toBe(0);
  await feed.heard(({ event, data }) => event === 'changes' && data.includes('6 of 6'));
  const said = [...storiesIn(feed).values()].flat();
  expect(said.some((text) => /^running · .+ \d+ %$/.test(text))).toBe(true);
  expect(feed.messages.some(({ event }) => event === 'reload')).toBe(false);
  await expect(ask(address, '')).rejects.toThrow('ECONNREFUSED');
  // What serves it afterwards does so at the same address.
  const { address: later, stop } = await view(p);
  expect(later).toBe(address);
  await stop();
  await p.close();
});
