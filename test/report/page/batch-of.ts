import type { PageData } from '../../../src/report/html/page-data.js';
import { pageJson } from '../../../src/report/html/data.js';
import type { BatchReport } from '../../../src/report/model.js';
import type { Batch } from '../../../src/report/page/batch.js';
import { makeBatch } from '../../../src/report/page/batch.js';
import { plannedRun, record, reportOf } from '../sample.js';

/** What the page's script makes of a report: by way of the JSON inside it. */
export const batchOf = (report: BatchReport): Batch => {
  const { before, runs, after } = pageJson(report, {});
  return makeBatch(JSON.parse([...before(), ...runs(), ...after()].join('')) as PageData);
};

export type Values = Readonly<Record<string, string>>;

/** A batch of succeeded runs with these values. What is in `sent` goes to a KSampler. */
export const batchWith = (rows: readonly Values[], sent: readonly Values[] = []): Batch =>
  batchOf(
    reportOf(
      rows.map((row, index) => {
        const overrides = Object.entries(sent[index] ?? {}).map(([field, json]) => ({
          node: '3',
          title: null,
          class: 'KSampler',
          field,
          value: { is: 'json', json } as const,
        }));
        const run = plannedRun(index, { values: new Map(Object.entries(row)), overrides });
        return [run, record(index)] as const;
      }),
    ),
  );
