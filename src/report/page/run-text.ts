import { duration } from '../../values/amounts.js';
import type { PageError } from '../html/page-data.js';
import type { Batch, Run } from './batch.js';
import { clip, joined } from './format.js';
import { fieldName, titleOf } from './values/columns.js';

/** What is said of a run in a line or two. Without matrix variables, what is sent stands in for the prompt. */
export const promptOf = ({ promptAt }: Batch, { values, overrides }: Run): string =>
  clip(
    promptAt === null
      ? overrides.reduce((longest, [, text]) => (text.length > longest.length ? text : longest), '')
      : (values[promptAt] ?? ''),
  );

/** `Positive Prompt.text` */
export const addressOf = ({ fields }: Batch, place: number): string => {
  const field = fields[place];
  return field === undefined ? '' : fieldName(field);
};

/** `KSampler (node 3), field seed` */
const nodeText = ({ fields }: Batch, node: string, field: string | null): string => {
  const known = fields.find((candidate) => candidate.node === node);
  const name = known === undefined ? `node ${node}` : `${titleOf(known)} (node ${node})`;
  return field === null ? name : `${name}, field ${field}`;
};

/** Where it failed, and the code of the service. */
export const errorFacts = (batch: Batch, { node, field, code }: PageError): string =>
  joined([node === null ? null : nodeText(batch, node, field), codeText(code)]);

/** Codes that a person can look up; the others are words of ours for programs. */
const codeText = (code: string | null): string | null => {
  const [, http, number] = /^(http-)?(-?\d+)$/.exec(code ?? '') ?? [];
  return number === undefined ? null : `${http === undefined ? 'code' : 'HTTP'} ${number}`;
};

export const errorText = ({ node, message }: PageError): string =>
  node === null ? message : `node ${node}: ${message}`;

export const costText = ({ coins, money }: Run): string =>
  joined([amountText(coins, 'coins'), amountText(money, 'in money')]);

const amountText = (amount: string | undefined, of: string): string | null =>
  amount === undefined || amount === '' ? null : `${amount} ${of}`;

export const footText = (run: Run): string =>
  joined([run.runMs === undefined ? null : duration(run.runMs), costText(run)]);
