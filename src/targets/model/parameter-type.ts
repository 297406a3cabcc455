/** What a parameter of a model takes, whatever a page calls it. */
export type ParameterType =
  'STRING' | 'INT' | 'FLOAT' | 'BOOLEAN' | 'LIST' | 'ARRAY' | 'OBJECT' | MediaType;

type MediaType = 'IMAGE' | 'VIDEO' | 'AUDIO' | 'FILE';

/** Other words for them: of RunningHub's documentation (NUMBER, BOOL), of schemas, of people. */
const types: Readonly<Record<string, ParameterType>> = {
  STRING: 'STRING',
  TEXT: 'STRING',
  INT: 'INT',
  INTEGER: 'INT',
  LONG: 'INT',
  FLOAT: 'FLOAT',
  DOUBLE: 'FLOAT',
  NUMBER: 'FLOAT',
  BOOLEAN: 'BOOLEAN',
  BOOL: 'BOOLEAN',
  SWITCH: 'BOOLEAN',
  LIST: 'LIST',
  ENUM: 'LIST',
  SELECT: 'LIST',
  COMBO: 'LIST',
  ARRAY: 'ARRAY',
  OBJECT: 'OBJECT',
  JSON: 'OBJECT',
  IMAGE: 'IMAGE',
  VIDEO: 'VIDEO',
  AUDIO: 'AUDIO',
  FILE: 'FILE',
};

/** As they are told to people. */
export const knownTypes: readonly string[] = [
  'STRING',
  'INT',
  'FLOAT',
  'BOOLEAN',
  'LIST',
  'ARRAY',
  'IMAGE',
  'VIDEO',
  'AUDIO',
  'FILE',
];

/** null: no known type. */
export const typeOf = (written: string): ParameterType | null => {
  const word = written.trim().toUpperCase();
  return Object.hasOwn(types, word) ? (types[word] ?? null) : null;
};
