import type { Medium } from '../workflow/workflow.js';

/** Names of files that a field of this medium mostly takes; what they hold is looked at by plan. */
const endings: Readonly<Record<Medium, readonly string[]>> = {
  image: ['png', 'jpg', 'jpeg', 'webp', 'bmp', 'gif'],
  video: ['mp4', 'mov', 'mkv', 'webm', 'avi'],
  audio: ['wav', 'mp3', 'flac', 'ogg', 'm4a'],
  archive: ['zip'],
  model: ['safetensors'],
  any: ['glb', 'gltf', 'obj', 'fbx', 'stl', 'ply'],
};

/** What is near: the folder itself and those in it. Home folders are large. */
export const nearbyPatterns = (medium: Medium): readonly string[] => {
  const names = `*.{${endings[medium].flatMap((ending) => [ending, ending.toUpperCase()]).join(',')}}`;
  return [names, `*/${names}`];
};

/** Results of earlier batches are no inputs. */
export const notNearby: readonly string[] = ['out/**', '**/node_modules/**', '*-emulated/**'];
