import type { SentField } from '../targets/target.js';
import { isRemote } from '../workflow/loaders.js';
import { isPromptName, roleWord, saysRole } from '../workflow/roles.js';
import type { Field } from '../workflow/workflow.js';
import type { Material } from './material.js';
import type { Offer } from './offers.js';
import { cellOf, offersOf } from './offers.js';

/** A field that may be chosen; `field` null: only a call tells of it. */
export interface Candidate {
  readonly address: string;
  readonly field: Field | null;
  /** The value that the first row gets unless another is chosen. */
  readonly cell: string | null;
  readonly now: string | null;
  /** By --from-curl. */
  readonly given: SentField | null;
  readonly suggested: boolean;
  /** "positive prompt": by what its text does; null: nothing tells. */
  readonly word: string | null;
  /** Not for people to choose. */
  readonly shown: boolean;
}

export const candidatesOf = ({ workflow, task }: Material): Candidate[] => {
  const given = task?.values ?? [];
  const of = (node: string, field: string): SentField | null =>
    given.findLast((value) => value.node === node && value.field === field) ?? null;
  const offers = workflow === null ? [] : offersOf(workflow);
  const words = wordsOf(offers);
  const known = offers.map((offer) =>
    fromOffer(
      offer,
      of(offer.field.node, offer.field.name),
      task !== null,
      words.get(offer.field) ?? null,
    ),
  );
  const has = (value: SentField): boolean =>
    workflow?.nodes.get(value.node)?.fields.has(value.field) === true;
  const others = given.filter((value) => !has(value)).map(fromCall);
  const all = [...known, ...others];
  // A call whose values are none that batches mostly vary: any of them may be what was meant.
  return task === null || all.some(({ suggested }) => suggested)
    ? all
    : all.map((candidate) => ({ ...candidate, suggested: candidate.given !== null }));
};

/** "positive prompt", or with a number where there are several. */
const wordsOf = (offers: readonly Offer[]): ReadonlyMap<Field, string> => {
  const words = new Map<Field, string>();
  for (const role of ['positive', 'negative'] as const) {
    const prompts = offers.filter((offer) => offer.role === role && !offer.shown);
    for (const [at, { field }] of prompts.entries())
      words.set(field, roleWord(role) + (prompts.length === 1 ? '' : ` ${at + 1}`));
  }
  return words;
};

const fromOffer = (
  { address, field, now, suggested, shown }: Offer,
  given: SentField | null,
  called: boolean,
  word: string | null,
): Candidate => ({
  address,
  field,
  cell: given === null ? now : cellOf(given.json),
  now: given === null ? now : cellOf(given.json),
  given,
  suggested: suggested && (!called || given !== null),
  word,
  shown,
});

/** Without its file, the id is all that is known of a node. */
const fromCall = (given: SentField): Candidate => ({
  address: `id:${given.node}.${given.field}`,
  field: null,
  cell: cellOf(given.json),
  now: cellOf(given.json),
  given,
  suggested: isPromptName(given.field) || (typeof given.json === 'string' && isRemote(given.json)),
  word: null,
  shown: false,
});

export const bare = (address: string): Candidate => ({
  address,
  field: null,
  cell: null,
  now: null,
  given: null,
  suggested: false,
  word: null,
  shown: false,
});

/** An id tells nobody what a column is for; an address that tells it binds itself. */
export const nameOf = ({ address, word }: Candidate): string =>
  word === null || says(address, word) ? address : word;

export const says = (address: string, word: string): boolean =>
  saysRole(address, word.startsWith('negative') ? 'negative' : 'positive');
