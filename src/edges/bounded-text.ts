/** What arrives in pieces, as text; null: it is more than so many bytes. */
export const boundedText = async (
  pieces: AsyncIterable<unknown>,
  maxBytes: number,
): Promise<string | null> => {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of pieces) {
    if (!(chunk instanceof Uint8Array)) continue;
    bytes += chunk.length;
    if (bytes > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
};
