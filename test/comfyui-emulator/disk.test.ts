import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Bench, G, tinyPng } from './bench.js';

test('with a folder of its own, files are there for the next process, and what lies there is offered', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'comfy-'));
  try {
    const first = await Bench.start({ dir });
    await first.upload('a.png', tinyPng, { subfolder: 'sub' });
    await first.run(G);
    expect(readFileSync(join(dir, 'input/sub/a.png')).equals(tinyPng)).toBe(true);
    expect(readFileSync(join(dir, 'output/t_00001_.png')).subarray(1, 4).toString()).toBe('PNG');
    writeFileSync(join(dir, 'input/mine.png'), tinyPng);
    const second = await Bench.start({ dir });
    expect((await second.get('/object_info/LoadImage')).text).toContain('[["mine.png"]');
    expect((await second.run(G)).outputs['2']?.images[0].filename).toBe('t_00002_.png');
    expect((await second.get('/view?filename=t_00001_.png')).status).toBe(200);
    expect((await second.upload('../../b.png', 'x')).status).toBe(400);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
});
