import { error } from '../../diagnostics/diagnostic.js';
import type { Problems } from '../../diagnostics/problems.js';
import type { MapReader } from '../../manifest/reader.js';
import { digitsOf } from '../../manifest/target.js';
import type { Json } from '../../values/json.js';
import { exampleText } from '../app/app.js';
import { readCallExample } from '../app/call-example.js';
import { flatIdentity, given } from '../flat-identity.js';
import { textInfo } from '../node-info.js';
import type { TargetModule } from '../target.js';
import { quickStart } from './start.js';

/** `webappId/code`: one text, since both say what runs. */
const idOf = (top: MapReader, problems: Problems): string => {
  const quick = top.section('quick');
  const webappId = digitsOf(quick, 'webappId', "the app's URL", problems);
  const code = quick.written('code');
  if (code !== null && !/^[\w.-]{1,64}$/.test(code.value.trim()))
    problems.add(
      error('E0113', code.at, '"quick.code" must be the modelKey of a model', {
        hint: 'code: "002"',
      }),
    );
  return `${webappId}/${code?.value.trim() ?? ''}`;
};

const partsOf = (id: string): { readonly webappId: string; readonly code: string } => {
  const [webappId = '', code = ''] = id.split('/');
  return { webappId, code };
};

/**
 * A quick-create task (runninghub-api 2.5): an AI app with the code of a chosen model. The
 * service shows no call example of it, so the user supplies the file of fields.
 */
export const quickTarget: TargetModule = {
  syntax: { kind: 'quick', key: 'quick', file: 'app', takes: [], id: idOf },
  family: 'classic',
  showsOutputs: false,
  // Its file looks like an app's, and is read alike.
  isFile: () => false,
  read: readCallExample,
  identity: (workflow) => flatIdentity(workflow, given(workflow)),
  pinned: given,
  request: ({ id, sent }) => {
    const { webappId, code } = partsOf(id);
    return {
      path: '/task/openapi/quick-ai-app/run',
      body: new Map<string, Json>([
        ['webappId', webappId],
        ['quickCreateCode', code],
        ['nodeInfoList', sent.map(textInfo)],
      ]),
    };
  },
  price: null,
  check: null,
  fileHint: () => 'save the nodeInfoList of the quick-create page there',
  pull: null,
  saved: (id, text) => ({
    workflows: new Map(),
    apps: new Map([[partsOf(id).webappId, exampleText(text)]]),
    models: new Map(),
  }),
  start: quickStart(partsOf),
};
