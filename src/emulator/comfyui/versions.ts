/** ComfyUI versions that can be played (ComfyUI notes, marks m24, m64 and src26). */
export const versionNames = ['mid-2024', '0.3.64', '2026'] as const;

export type VersionName = (typeof versionNames)[number];

export const isVersionName = (text: string): text is VersionName =>
  versionNames.some((name) => name === text);

/** What differs between versions, each with its section of the ComfyUI notes. */
export interface Version {
  /** `system.comfyui_version`; null: not told (section 1). */
  readonly told: string | null;
  /** Routes below `/api` too, OPTIONS answered, foreign origins refused (section 1). */
  readonly apiRoutes: boolean;
  /** `GET /features` (section 1). */
  readonly features: boolean;
  /** The client may choose the prompt's id (section 2.1). */
  readonly clientIds: boolean;
  /** … which has to be a UUID in lower case (section 2.1). */
  readonly canonicalIds: boolean;
  /** `partial_execution_targets` (section 2.1). */
  readonly partial: boolean;
  /** Refusals with `error` as an object and `node_errors` as an object throughout (section 2.2). */
  readonly errorObjects: boolean;
  /** Unknown classes as `missing_node_type` with node and title (section 2.2). */
  readonly missingNodeType: boolean;
  /** Optional inputs are checked, booleans converted, `__value__` unwrapped (sections 2.2, 2.4). */
  readonly newValidation: boolean;
  /** Choices of the new form are checked (section 2.2). */
  readonly checksCombos: boolean;
  /** `dependency_cycle` (section 2.2). */
  readonly findsCycles: boolean;
  /** Cached by content rather than by node id; nodes run in the order of 2024's new engine (3). */
  readonly newEngine: boolean;
  /** `progress_state` and previews with metadata (section 9). */
  readonly progressState: boolean;
  /** `prompt_id` aims an interrupt (section 6). */
  readonly aimedInterrupt: boolean;
  /** `offset` of /history (section 3). */
  readonly historyOffset: boolean;
  /** The same bytes under the same name are not written again (section 7). */
  readonly sameBytes: boolean;
  /** /api/jobs (sections 4 and 6), `create_time` in extra_data (section 2.1). */
  readonly jobs: boolean;
}

const current: Version = {
  told: '0.3.64',
  apiRoutes: true,
  features: true,
  clientIds: true,
  canonicalIds: false,
  partial: true,
  errorObjects: true,
  missingNodeType: false,
  newValidation: true,
  checksCombos: false,
  findsCycles: false,
  newEngine: true,
  progressState: true,
  aimedInterrupt: true,
  historyOffset: true,
  sameBytes: true,
  jobs: false,
};

export const versions: Readonly<Record<VersionName, Version>> = {
  'mid-2024': {
    told: null,
    apiRoutes: false,
    features: false,
    clientIds: false,
    canonicalIds: false,
    partial: false,
    errorObjects: false,
    missingNodeType: false,
    newValidation: false,
    checksCombos: false,
    findsCycles: false,
    newEngine: false,
    progressState: false,
    aimedInterrupt: false,
    historyOffset: false,
    sameBytes: false,
    jobs: false,
  },
  '0.3.64': current,
  '2026': {
    ...current,
    told: '0.38.0',
    canonicalIds: true,
    missingNodeType: true,
    checksCombos: true,
    findsCycles: true,
    jobs: true,
  },
};
