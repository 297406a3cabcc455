import type { FolderType } from '../files.js';
import { encodeWav } from '../../media/wav.js';
import { encodeFlac } from '../media/flac.js';
import { digest } from '../media/pixels.js';
import { dict } from '../python/value.js';
import type { Work } from '../run/work.js';
import { madeFrom, numberOf, textOf, wanted } from '../run/work.js';
import { float, int, link, pngInfo, text } from './inputs.js';
import type { NodeClass, Result } from './node-class.js';
import { saved, savePath } from './save-path.js';
import { letters } from './saves.js';

/** Two seconds that follow from an identity. */
const wavOf = (identity: string): Buffer =>
  encodeWav(Buffer.from(digest(identity), 'hex').readUInt32BE());

/** The samples of a plain 16-bit WAV; of other files, a sound that follows from them. */
const flacOf = (sound: Buffer): Buffer => {
  const plain = sound.toString('latin1', 0, 4) === 'RIFF' && sound.readUInt16LE(34) === 16;
  const wav = plain && sound.readUInt16LE(22) === 1 ? sound : wavOf(digest(sound));
  const samples = new Int16Array(Math.floor((wav.length - 44) / 2));
  for (let at = 0; at < samples.length; at += 1) samples[at] = wav.readInt16LE(44 + at * 2);
  return encodeFlac(samples, wav.readUInt32LE(24));
};

const save = (work: Work, type: FolderType, prefix: string): Result => {
  const sound = wanted(work, 'audio', 'sound');
  const path = savePath(work.files, type, prefix, { width: 0, height: 0 }, work.now());
  const audio = [saved(work.files, type, path, 'flac', () => flacOf(sound.wav()), work.now())];
  return { outputs: [], ui: dict({ audio }) };
};

const extra = { module: 'comfy_extras.nodes_audio', isNew: true } as const;

/** Sound. */
export const sounds: Readonly<Record<string, NodeClass>> = {
  EmptyLatentAudio: {
    ...extra,
    input: () => ({
      required: { seconds: float(47.6, 1, 1000, 0.1), batch_size: int(1, 1, 4096) },
    }),
    output: ['LATENT'],
    displayName: 'Empty Latent Audio',
    category: 'latent/audio',
    run: (work) => ({
      outputs: [
        {
          is: 'latent',
          width: 64,
          height: 64,
          batch: numberOf(work, 'batch_size', 1),
          length: 1,
          prompt: '',
          identity: madeFrom(work),
        },
      ],
    }),
  },
  VAEDecodeAudio: {
    ...extra,
    input: () => ({ required: { samples: link('LATENT'), vae: link('VAE') } }),
    output: ['AUDIO'],
    displayName: 'VAE Decode Audio',
    category: 'latent/audio',
    run: (work) => {
      const { identity } = wanted(work, 'samples', 'latent');
      wanted(work, 'vae', 'thing');
      return {
        outputs: [{ is: 'sound', wav: () => wavOf(identity), identity: madeFrom(work) }],
      };
    },
  },
  SaveAudio: {
    ...extra,
    input: () => ({
      required: { audio: link('AUDIO'), filename_prefix: text({ default: 'audio/ComfyUI' }) },
      hidden: pngInfo,
    }),
    output: [],
    isOutput: true,
    displayName: 'Save Audio (FLAC)',
    category: 'audio',
    run: (work) => save(work, 'output', textOf(work, 'filename_prefix', 'ComfyUI')),
  },
  PreviewAudio: {
    ...extra,
    input: () => ({ required: { audio: link('AUDIO') }, hidden: pngInfo }),
    output: [],
    isOutput: true,
    displayName: 'Preview Audio',
    category: 'audio',
    run: (work) => save(work, 'temp', `ComfyUI_temp_${letters(work.node)}`),
  },
};
