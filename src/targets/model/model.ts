import { error } from '../../diagnostics/diagnostic.js';
import type { Problems } from '../../diagnostics/problems.js';
import type { MapReader } from '../../manifest/reader.js';
import type { Json } from '../../values/json.js';
import { parseJson } from '../../values/json-text.js';
import { flatIdentity, given } from '../flat-identity.js';
import type { Pulled, TargetModule } from '../target.js';
import { modelsIn, pickModel, pullHint, readDescription } from './description.js';
import { ownModelPath, ownModels } from './own-models.js';
import { isPath, pathOf } from './path.js';
import { modelStart } from './start.js';

/** What RunningHub publishes of its standard models, for its own nodes and for programs. */
const published =
  'https://raw.githubusercontent.com/HM-RunningHub/ComfyUI_RH_OpenAPI/main/developer-kit/model-registry.public.json';

const endpoint = (top: MapReader, problems: Problems): string => {
  const written = top.written('model');
  if (written === null) return '';
  const path = pathOf(written.value);
  if (!isPath(path))
    problems.add(
      error('E0113', written.at, '"model" must be the path of a standard model', {
        hint: 'model: rhart-video/ltx-2.3/text-to-video',
      }),
    );
  return path;
};

const pick = (id: string, text: string): Pulled => {
  const read = parseJson(text);
  if (!read.ok) return { ok: false, message: `the list of models is no JSON: ${read.message}` };
  const models = modelsIn(read.value);
  const asked = pathOf(id);
  const own = ownModelPath(asked);
  // Newer lists may have it, under its path and another name.
  const inList = own === null ? undefined : models.find(({ endpoint }) => endpoint === own);
  if (inList !== undefined) return { ok: true, json: inList.json };
  const picked = pickModel(models, asked, null, [...ownModels.keys()]);
  return 'why' in picked
    ? {
        ok: false,
        unknown: true,
        message: picked.why,
        hint: own === null ? picked.hint : unlisted(own),
      }
    : { ok: true, json: picked.json };
};

/** What to do about a model that is known and in no list. */
const unlisted = (path: string): string =>
  `it is ${path}, which this list does not have: write its parameters by hand, as its page has them`;

/** A standard model (runninghub-api 7.4): `model` and its `parameters` file. */
export const modelTarget: TargetModule = {
  syntax: {
    kind: 'model',
    key: 'model',
    file: 'parameters',
    takes: [],
    id: endpoint,
  },
  family: 'v2',
  showsOutputs: false,
  isFile: (json) => modelsIn(json).length > 0,
  read: readDescription,
  identity: (workflow) => flatIdentity(workflow, given(workflow)),
  pinned: given,
  request: ({ id, sent }) => ({
    path: `/openapi/v2/${id}`,
    body: new Map<string, Json>(sent.map(({ field, json }) => [field, json])),
  }),
  price: ({ path, body }) => ({
    path: path.replace('/openapi/v2/', '/openapi/v2/price-preview/'),
    body,
  }),
  check: null,
  fileHint: (id, file) => pullHint(id, file),
  pull: {
    flag: 'model',
    out: 'model.json',
    from: { is: 'page', page: published, pick },
  },
  saved: (id, text) => ({
    workflows: new Map(),
    apps: new Map(),
    models: new Map([[id, text]]),
  }),
  start: modelStart,
};
