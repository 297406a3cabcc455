/**
 * RunningHub's own open models stand in its documentation, and in no list that it published until
 * 2026-05 (runninghub-api 19.1). What the documentation calls each, by the path it stands below.
 */
const below: Readonly<Record<string, readonly string[]>> = {
  'rhart-video/': [
    'ltx-2.3/text-to-video',
    'ltx-2.3/text-to-video-lora',
    'ltx-2.3/image-to-video',
    'ltx-2.3/image-to-video-lora',
    'wan-2.2/text-to-video',
    'wan-2.2/image-to-video',
    'wan-2.2/image-to-image',
    'wan-2.2/text-to-image-lora',
  ],
  'rhart-image/': [
    'qwen-image/text-to-image-2512',
    'qwen-image/text-to-image-2512-lora',
    'qwen-image/edit-2511',
    'qwen-image/edit-2511-lora',
    'z-image/turbo',
    'z-image/turbo-lora',
    'z-image-turbo/image-to-image',
    'z-image-turbo/image-to-image-lora',
    'f-2-dev/text-to-image',
    'f-2-dev/text-to-image-lora',
    'f-2-dev/edit',
    'f-2-dev/edit-lora',
    'f-2-klein-9b/text-to-image',
    'f-2-klein-9b/text-to-image-lora',
    'f-2-klein-9b/edit',
    'f-2-klein-4b/text-to-image',
    'f-2-klein-4b/text-to-image-lora',
    'f-2-klein-4b/edit',
    'f-2-klein-4b/edit-lora',
    'f-dev',
    'f-dev-lora',
    'f-krea-dev-lora',
  ],
};

/** Those whose name is no end of their path. */
const renamed: readonly (readonly [name: string, path: string])[] = [
  ['f-kontext-dev-lora', 'rhart-video/f-kontext/dev-lora'],
  ['万相2.2-文生视频', 'rhart-video/wan-2.2/text-to-video'],
  ['万相2.2-图生视频', 'rhart-video/wan-2.2/image-to-video'],
];

/** Every name that the documentation has for them → its path. */
export const ownModels: ReadonlyMap<string, string> = new Map([
  ...Object.entries(below).flatMap(([start, names]) =>
    names.map((name) => [name, `${start}${name}`] as const),
  ),
  ...renamed,
]);

/** The path of one of them, by what the documentation calls it or by the path; null: none is so called. */
export const ownModelPath = (name: string): string | null => {
  const typed = name.trim().toLowerCase().replace(/\s+/g, '');
  const found = ownModels.get(typed);
  if (found !== undefined) return found;
  return [...ownModels.values()].find((path) => path === typed) ?? null;
};
