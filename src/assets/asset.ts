/** A local file that a run needs on the service. Its identity is its bytes. */
export interface Asset {
  /** Hex. */
  readonly sha256: string;
  readonly bytes: number;
  /** By content, not by name. */
  readonly kind: AssetKind;
  /** Where it goes on the service: LoRA files have a store of their own. */
  readonly goesTo: 'files' | 'loras';
  /** Absolute path of one file with these bytes. */
  readonly path: string;
  /** That file as the user wrote it. */
  readonly shown: string;
  /** At the time of hashing: an upload notices a file that changed since. */
  readonly mtimeMs: number;
}

export interface AssetKind {
  readonly medium: 'image' | 'video' | 'audio' | 'archive' | 'model' | 'other';
  /** Without the dot: `png`, `mp4`. */
  readonly ext: string;
  readonly mediaType: string;
}
