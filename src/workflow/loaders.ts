import type { Medium } from './workflow.js';

/**
 * Known loader classes and their file fields (runninghub-api 9 and the classes of ComfyUI
 * itself and of VideoHelperSuite). The one table; a manifest adds to it with `assets.loaders`.
 */
const loaders: Readonly<Record<string, Readonly<Record<string, Medium>>>> = {
  LoadImage: { image: 'image' },
  LoadImageMask: { image: 'image' },
  LoadImageOutput: { image: 'image' },
  LoadImageWithSwitch: { image: 'image' },
  'Image Load': { image_path: 'image' },
  'LoadImages(zip)': { upload: 'archive' },
  LoadAudio: { audio: 'audio' },
  LoadVideo: { file: 'video', video: 'video' },
  VHS_LoadVideo: { video: 'video' },
  VHS_LoadVideoFFmpeg: { video: 'video' },
  VHS_LoadAudioUpload: { audio: 'audio' },
  VHS_LoadAudio: { audio_file: 'audio' },
  Load3D: { model_file: 'any' },
  Load3DAnimation: { model_file: 'any' },
  RHLoraLoader: { lora_name: 'model' },
};

/** The medium that a field takes when it is a loader's file field; null when it is none. */
export const fileFieldMedium = (
  classType: string,
  field: string,
  more: ReadonlyMap<string, readonly string[]>,
): Medium | null => {
  if (more.get(classType)?.includes(field) === true) return 'any';
  const fields = Object.hasOwn(loaders, classType) ? loaders[classType] : undefined;
  return fields !== undefined && Object.hasOwn(fields, field) ? (fields[field] ?? null) : null;
};

/** Links, and names that the service itself gave: no files of this machine. */
export const isRemote = (value: string): boolean =>
  /^(?:https?:\/\/|asset:\/\/|data:|api\/|openapi\/|api-lora-[a-z]+\/)/i.test(value);
