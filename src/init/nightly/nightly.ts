import type { TargetModule } from '../../targets/target.js';
import { JsonNumber } from '../../values/json.js';
import { findAddress } from '../../workflow/address.js';
import { isSeedField } from '../../workflow/fields.js';
import type { Field, Workflow } from '../../workflow/workflow.js';
import type { DatedSeed, Draft } from '../draft.js';
import type { Chosen } from '../fields.js';
import { columnAddress } from '../offers.js';

/** What a manifest needs so that each night makes new pictures, in a folder of its own. */
export const nightlyOf = (
  target: TargetModule,
  workflow: Workflow | null,
  { columns }: Chosen,
): Draft['nightly'] => {
  const varied = new Set(
    workflow === null ? [] : columns.flatMap(({ address }) => findAddress(workflow, address) ?? []),
  );
  const seeds = workflow === null ? [] : seedsOf(workflow, varied);
  return { seeds, takesCoins: target.syntax.servers === undefined };
};

const seedsOf = (workflow: Workflow, varied: ReadonlySet<Field>): DatedSeed[] =>
  [...workflow.nodes.values()].flatMap((node) =>
    [...node.fields.values()]
      .filter((field) => isDrawn(field) && !varied.has(field))
      .map((field) => ({
        address: columnAddress(workflow, node, field.name),
        field,
        max: highest(field.rules?.max ?? null),
      })),
  );

/** A negative one is no seed but a word: -1 says "any" to some nodes. */
const isDrawn = ({ name, kind, value, rules }: Field): boolean =>
  isSeedField(name) &&
  (rules?.choices ?? null) === null &&
  (kind === 'null' || (value instanceof JsonNumber && !value.source.startsWith('-')));

const usual = 4_294_967_295n;

const highest = (max: string | null): string =>
  max !== null && /^\d+$/.test(max) && BigInt(max) < usual ? max : String(usual);
