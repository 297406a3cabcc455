import { seeded } from '../random.js';

const rate = 16_000;
const scale = [0, 2, 4, 7, 9, 12, 14, 16];

/** Two seconds of plucked notes as 16-bit mono WAV; the tune follows from the seed. */
export const encodeWav = (seed: number): Buffer => {
  const random = seeded(seed);
  const samples = new Float64Array(rate * 2);
  for (let note = 0; note < 8; note += 1) {
    const pitch = 220 * 2 ** ((scale[Math.floor(scale.length * random())] ?? 0) / 12);
    const from = Math.floor((note * rate) / 4);
    for (let n = from; n < samples.length; n += 1) {
      const t = (n - from) / rate;
      const wave = Math.sin(2 * Math.PI * pitch * t) + 0.4 * Math.sin(4 * Math.PI * pitch * t);
      samples[n] = (samples[n] ?? 0) + 0.25 * wave * Math.exp(-5 * t);
    }
  }
  const data = Buffer.alloc(samples.length * 2);
  samples.forEach((value, n) => {
    data.writeInt16LE(Math.round(Math.max(-1, Math.min(1, value)) * 32_767), n * 2);
  });
  return Buffer.concat([header(data.length), data]);
};

const header = (bytes: number): Buffer => {
  const head = Buffer.alloc(44);
  head.write('RIFF', 0, 'latin1');
  head.writeUInt32LE(36 + bytes, 4);
  head.write('WAVEfmt ', 8, 'latin1');
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write('data', 36, 'latin1');
  head.writeUInt32LE(bytes, 40);
  return head;
};
