/** A second of a plucked tone as 16-bit mono WAV; the pitch follows from the seed. */
export const encodeWav = (seed: number): Buffer => {
  const rate = 16_000;
  const data = Buffer.alloc(rate * 2);
  const pitch = 220 * 2 ** ((seed % 24) / 12);
  for (let n = 0; n < rate; n += 1) {
    const t = n / rate;
    const value = Math.sin(2 * Math.PI * pitch * t) * Math.exp(-3 * t) * 0.6;
    data.writeInt16LE(Math.round(value * 32_767), n * 2);
  }
  const header = Buffer.alloc(44);
  header.write('RIFF', 0, 'latin1');
  header.writeUInt32LE(36 + data.length, 4);
  header.write('WAVEfmt ', 8, 'latin1');
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36, 'latin1');
  header.writeUInt32LE(data.length, 40);
  return Buffer.concat([header, data]);
};
