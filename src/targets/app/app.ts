import { digitsOf } from '../../manifest/target.js';
import type { Json } from '../../values/json.js';
import { isObject, jsonText, parseJson } from '../../values/json-text.js';
import { pullCommand } from '../../workflow/pull-command.js';
import { flatIdentity, given } from '../flat-identity.js';
import { createMembers, textInfo } from '../node-info.js';
import type { TargetModule } from '../target.js';
import { nodeInfoListOf, readCallExample, withoutKey } from './call-example.js';
import { publishedApp } from './published-app.js';
import { appStart } from './start.js';

const takes = ['instance', 'webhookUrl'];

/** An AI app: `webappId` and its `app` file, the call example that the service gives. */
export const appTarget: TargetModule = {
  syntax: {
    kind: 'app',
    key: 'webappId',
    file: 'app',
    takes,
    id: (top, problems) => digitsOf(top, 'webappId', "the app's URL (/ai-detail/…)", problems),
  },
  family: 'classic',
  showsOutputs: false,
  isFile: (json) => nodeInfoListOf(json) !== null,
  read: readCallExample,
  identity: (workflow) => flatIdentity(workflow, given(workflow)),
  // The call example is sent whole, with values changed (runninghub-api 2.3).
  pinned: given,
  request: ({ id, sent, create }) => ({
    path: '/task/openapi/ai-app/run',
    body: new Map<string, Json>([
      ['webappId', id],
      ['nodeInfoList', sent.map(textInfo)],
      ...createMembers(create),
    ]),
    takesPassword: true,
  }),
  price: null,
  check: publishedApp,
  fileHint: (id, file) => `${pullCommand('app', id === '' ? 'WEBAPPID' : id, file)} saves it`,
  pull: {
    flag: 'app',
    out: 'app.json',
    from: {
      is: 'service',
      fetch: async (id, service) => {
        const answer = await service.app(id);
        return answer.is === 'failed'
          ? { ok: false, message: answer.fault.message }
          : { ok: true, json: withoutKey(answer.data) };
      },
    },
  },
  saved: (id, text) => ({
    workflows: new Map(),
    apps: new Map([[id, exampleText(text)]]),
    models: new Map(),
  }),
  start: appStart(takes),
};

/** The file's list alone, wherever it stood in the file. */
export const exampleText = (text: string): string => {
  const read = parseJson(text);
  const found = read.ok ? nodeInfoListOf(read.value) : null;
  const name = read.ok && isObject(read.value) ? read.value.get('webappName') : undefined;
  return jsonText(
    new Map<string, Json>([
      ['webappName', name ?? 'app'],
      ['nodeInfoList', found?.list ?? []],
    ]),
  );
};
