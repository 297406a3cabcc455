import { toFloat, toInt } from '../python/convert.js';
import { pyStr } from '../python/dumps.js';
import type { Py, PyDict } from '../python/value.js';
import { compareNumbers, isPyDict, isPyList, pyEqual, truth } from '../python/value.js';
import { asRaised } from '../python/raised.js';
import type { Mistake } from './mistakes.js';
import { mistake } from './mistakes.js';

/** What a check needs to know of an input. */
export interface Checked {
  readonly name: string;
  readonly type: Py;
  readonly options: PyDict;
  /** As answers repeat it. */
  readonly config: Py;
}

/** The literal as the class wants it, or why it cannot be (ComfyUI notes, sections 2.2 and 2.4). */
export const converted = (
  { name, type, config }: Checked,
  given: Py,
  newer: boolean,
): { readonly value: Py } | { readonly mistake: Mistake } => {
  const wrapped = newer && isPyDict(given) ? given.get('__value__') : undefined;
  const value = wrapped ?? given;
  try {
    switch (type) {
      case 'INT':
        return { value: toInt(value) };
      case 'FLOAT':
        return { value: toFloat(value) };
      case 'STRING':
        return { value: pyStr(value) };
      case 'BOOLEAN':
        return { value: newer ? truth(value) : value };
      default:
        return { value };
    }
  } catch (cause) {
    const { message } = asRaised(cause);
    return {
      mistake: mistake(
        'invalid_input_type',
        `Failed to convert an input value to a ${pyStr(type)} value`,
        `${name}, ${pyStr(value)}, ${message}`,
        {
          input_name: name,
          input_config: config,
          received_value: value,
          exception_message: message,
        },
      ),
    };
  }
};

/** Range of a number, and whether a choice is on its list. */
export const outOfBounds = (
  { name, type, options, config }: Checked,
  value: Py,
  checksCombos: boolean,
): Mistake | null => {
  const extra = { input_name: name, input_config: config, received_value: value };
  const [min, max] = [options.get('min'), options.get('max')];
  if (min !== undefined && compared(value, min) === -1)
    return mistake(
      'value_smaller_than_min',
      `Value ${pyStr(value)} smaller than min of ${pyStr(min)}`,
      name,
      extra,
    );
  if (max !== undefined && compared(value, max) === 1)
    return mistake(
      'value_bigger_than_max',
      `Value ${pyStr(value)} bigger than max of ${pyStr(max)}`,
      name,
      extra,
    );
  const choices = isPyList(type)
    ? type
    : checksCombos && type === 'COMBO'
      ? options.get('options')
      : null;
  return isPyList(choices ?? null) ? notListed(choices as readonly Py[], value, extra) : null;
};

const notListed = (
  choices: readonly Py[],
  value: Py,
  extra: { readonly input_name: string; readonly input_config: Py; readonly received_value: Py },
): Mistake | null => {
  if (choices.some((choice) => pyEqual(choice, value))) return null;
  const isLong = choices.length > 20;
  const list = isLong ? `(list of length ${choices.length})` : pyStr(choices);
  return mistake(
    'value_not_in_list',
    'Value not in list',
    `${extra.input_name}: '${pyStr(value)}' not in ${list}`,
    isLong ? { ...extra, input_config: null } : extra,
  );
};

const compared = (value: Py, bound: Py): -1 | 0 | 1 | null =>
  isNumber(value) && isNumber(bound) ? compareNumbers(value, bound) : null;

const isNumber = (value: Py): value is bigint | number | boolean =>
  typeof value === 'bigint' || typeof value === 'number' || typeof value === 'boolean';
