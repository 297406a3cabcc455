import type { JsonObject } from '../../values/json.js';
import type { Catalogue } from './catalogue.js';
import { standIn } from './catalogue.js';
import { unlisted } from '../graph/app-values.js';
import { invalidValues, mismatch, readOverrides } from '../graph/check.js';
import type { Graph, Override } from '../graph/graph.js';
import { readGraph } from '../graph/graph.js';
import type { GraphFacts } from '../graph/nodes.js';
import { factsOf } from '../graph/nodes.js';
import type { Refusal } from '../http/refusal.js';
import { isRefusal, refuse } from '../http/refusal.js';

/** What a create call wants to run. */
export type Target =
  | { readonly is: 'workflow'; readonly id: string }
  | { readonly is: 'app'; readonly id: string }
  | { readonly is: 'model'; readonly path: string; readonly saves: string };

/** A request that fits, and the graph that it will run. */
export interface Prepared {
  readonly facts: GraphFacts;
  /** The saved graph that the request was held against; null where there is none. */
  readonly saved: Graph | null;
  readonly overrides: readonly Override[];
}

/** Holds a create call against what is saved on the service. */
export const prepare = (
  target: Target,
  body: JsonObject,
  catalogue: Catalogue,
): Prepared | Refusal => {
  const overrides = readOverrides(body.get('nodeInfoList'));
  switch (target.is) {
    case 'workflow': {
      const own = body.get('workflow');
      const saved = catalogue.workflow(target.id);
      if (typeof own === 'string' && own !== '')
        return ownGraph(own, saved === null || isRefusal(saved) ? null : saved.graph, overrides);
      if (saved !== null && isRefusal(saved)) return saved;
      return checked(saved?.facts ?? null, overrides);
    }
    case 'app': {
      const demo = catalogue.app(target.id);
      if (demo instanceof Object && isRefusal(demo)) return demo;
      if ('is' in overrides) return overrides;
      return unlisted(demo, overrides) ?? checked(catalogue.appFacts(target.id, demo), overrides);
    }
    case 'model': {
      const fields = [...body].map(([fieldName, value]) => ({ nodeId: '1', fieldName, value }));
      return { facts: factsOf(standIn(fields, target.saves)), saved: null, overrides: [] };
    }
  }
};

/** The request against a saved graph; any request fits a graph that is not known. */
const checked = (
  facts: GraphFacts | null,
  overrides: readonly Override[] | Refusal,
): Prepared | Refusal => {
  if ('is' in overrides) return overrides;
  if (facts === null) return { facts: factsOf(standIn(overrides)), saved: null, overrides: [] };
  return (
    mismatch(facts.graph, overrides) ??
    invalidValues(facts, overrides) ?? { facts, saved: facts.graph, overrides }
  );
};

/**
 * A whole graph wins over the saved one; a nodeInfoList beside it is checked and ignored (API
 * notes, section 2.2).
 */
const ownGraph = (
  text: string,
  saved: Graph | null,
  overrides: readonly Override[] | Refusal,
): Prepared | Refusal => {
  const own = readGraph(text);
  if (own === null) return refuse(433, 'VALIDATE_PROMPT_FAILED');
  if ('is' in overrides) return overrides;
  const facts = factsOf(own.graph);
  if (facts.outputs.length === 0)
    return refuse(433, 'VALIDATE_PROMPT_FAILED: prompt_no_outputs, Prompt has no outputs');
  return (
    (saved === null ? null : mismatch(saved, overrides)) ?? { facts, saved: null, overrides: [] }
  );
};
