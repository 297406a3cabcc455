import type { SeenCall, SeenTask, TargetStart } from '../target.js';
import { modelsIn, nodeId } from './description.js';
import { isPath, pathOf } from './path.js';

/** Paths of the same family that are no models (runninghub-api 2.6, 4.2, 5.4, 7.3, 11). */
const others =
  /^(?:run|query|media|queue|task|account|api-key|resource|aiapp|assets|price-preview)(?:\/|$)/;

export const modelStart: TargetStart = {
  asks: "the model's path, as in rhart-video/ltx-2.3/text-to-video",
  file: 'model.json',
  idOf: (typed) => {
    const path = pathOf(typed);
    return isPath(path) && !/^\d/.test(path) ? path : null;
  },
  idIn: (json) => {
    const [only, another] = modelsIn(json);
    return another === undefined ? (only?.endpoint ?? null) : null;
  },
  keys: (id) => [['model', id]],
  seen: (call) => seen(call),
};

/** A flat body of parameters (runninghub-api 7.4). */
const seen = ({ path, body }: SeenCall): SeenTask | null => {
  const id = path.startsWith('/openapi/v2/') ? pathOf(path) : '';
  if (!isPath(id) || others.test(id)) return null;
  const values = [...body].flatMap(([field, json]) =>
    json === null || /^api_?key$/i.test(field) ? [] : [{ node: nodeId, field, json }],
  );
  return { id, values, options: [], file: null, left: [] };
};
