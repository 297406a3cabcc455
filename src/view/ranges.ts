/** Which bytes of a file are meant; both ends count. */
export type Part =
  | { readonly is: 'whole' }
  | { readonly is: 'part'; readonly from: number; readonly to: number }
  /** It begins behind the end of the file. */
  | { readonly is: 'outside' };

/**
 * What a `Range` header asks for, by RFC 9110, 14.2: what is no single range of bytes means the
 * whole file, as for a server that knows no ranges.
 */
export const partOf = (header: string | undefined, size: number): Part => {
  const [, first = '', last = ''] = /^\s*bytes\s*=\s*(\d*)-(\d*)\s*$/i.exec(header ?? '') ?? [];
  if (first === '' && last === '') return { is: 'whole' };
  const end = size - 1;
  if (first === '') {
    const length = Number(last);
    return length === 0 || size === 0
      ? { is: 'outside' }
      : { is: 'part', from: Math.max(0, size - length), to: end };
  }
  const from = Number(first);
  const to = last === '' ? end : Math.min(Number(last), end);
  if (last !== '' && Number(last) < from) return { is: 'whole' };
  return from > end ? { is: 'outside' } : { is: 'part', from, to };
};
