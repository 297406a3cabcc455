import type { Target } from '../manifest/manifest.js';
import type { TargetSyntax } from '../manifest/target.js';
import type { TargetModule } from './target.js';
import { workflowTarget } from './workflow/workflow.js';

/** Everything that a manifest can run; the first is what people most likely mean. */
export const targets: readonly TargetModule[] = [workflowTarget];

export const syntaxes: readonly TargetSyntax[] = targets.map(({ syntax }) => syntax);

/** The module of a manifest's target. */
export const moduleOf = ({ kind }: Target): TargetModule => {
  const found = targets.find(({ syntax }) => syntax.kind === kind);
  if (found === undefined) throw new Error(`no target is called "${kind}"`);
  return found;
};
