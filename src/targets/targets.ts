import type { Family } from '../runninghub/service.js';
import type { Target } from '../manifest/manifest.js';
import type { TargetSyntax } from '../manifest/target.js';
import { parseJson } from '../values/json-text.js';
import type { TargetModule } from './target.js';
import { appTarget } from './app/app.js';
import { comfyuiTarget } from './comfyui/comfyui.js';
import { modelTarget } from './model/model.js';
import { quickTarget } from './quick/quick.js';
import { workflowTarget } from './workflow/workflow.js';

/** Everything that a manifest can run; the first is what people most likely mean. */
export const targets: readonly TargetModule[] = [
  workflowTarget,
  appTarget,
  modelTarget,
  comfyuiTarget,
  quickTarget,
];

/** What runs on a ComfyUI server of one's own. */
export const serverTarget: TargetModule = comfyuiTarget;

export const syntaxes: readonly TargetSyntax[] = targets.map(({ syntax }) => syntax);

/** Whose file this is, by its look; a graph where nobody else knows it. */
export const ownerOf = (content: Uint8Array): TargetModule => {
  const read = parseJson(new TextDecoder().decode(content));
  const found = read.ok ? targets.find(({ isFile }) => isFile(read.value)) : undefined;
  return found ?? workflowTarget;
};

/** How the endpoints of what has this id speak, by its form; the old ones where nothing tells. */
export const familyOf = (id: string | null): Family =>
  targets.find(({ start }) => id !== null && start.idOf(id) !== null)?.family ?? 'classic';

/** The module of a manifest's target. */
export const moduleOf = ({ kind }: Target): TargetModule => {
  const found = targets.find(({ syntax }) => syntax.kind === kind);
  if (found === undefined) throw new Error(`no target is called "${kind}"`);
  return found;
};
