const pythonWords: Readonly<Record<string, string>> = {
  None: 'null',
  True: 'true',
  False: 'false',
  NaN: 'null',
  undefined: 'null',
  Infinity: 'null',
  nan: 'null',
};

/**
 * What to write in a table where its JSON is broken, by what stands there.
 * `offset`: of the first character that does not fit.
 */
export const jsonHint = (text: string, offset: number, isLine: boolean): string => {
  const here = text.slice(offset).trimStart();
  const before = text.slice(0, offset).trimEnd();
  if (here === '')
    return isLine
      ? 'a line is one whole object: close it with }, and what is open in it'
      : 'the text ends too early: close what is open with ] or }, or save the file again';
  if (here.startsWith("'") || here.startsWith('\u2018') || here.startsWith('\u201c'))
    return 'JSON takes straight double quotes: "prompt": "a fox"';
  if (/^(?:\/\/|\/\*|#)/.test(here)) return 'JSON has no comments: remove this one';
  if (/^[\]}]/.test(here) && before.endsWith(','))
    return `remove the comma before ${here[0] ?? ''}`;
  if (here.startsWith(']') && before.endsWith('{'))
    return 'close the { before it with }, or remove it';
  if (/^[,\]}]/.test(here)) return 'write a value here, or remove what is left of it';
  const word = /^[\p{L}_$][\p{L}\p{N}_$]*/u.exec(here)?.[0];
  if (word !== undefined)
    return Object.hasOwn(pythonWords, word)
      ? `write ${pythonWords[word] ?? 'null'} in place of ${word}`
      : `put a text in double quotes: "${word}"`;
  if (here.startsWith('{') && before.endsWith('}') && !isLine)
    return 'put "," between two rows, and all of them in [ ]; one object per line is the format jsonl';
  if (here.startsWith('"')) return 'put "," between two values; a " in a text is written \\"';
  return 'a row is { "prompt": "a fox", "seed": 7 }: names and texts in double quotes, "," between them';
};
