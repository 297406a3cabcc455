import type { Json } from '../../values/json.js';

/** An answer of the service that makes no task. */
export interface Refusal {
  readonly is: 'refused';
  readonly code: number;
  readonly msg: string;
  readonly data: Json;
}

export const refuse = (code: number, msg: string, data: Json = null): Refusal => ({
  is: 'refused',
  code,
  msg,
  data,
});

export const isRefusal = (value: object): value is Refusal =>
  'is' in value && value.is === 'refused';
