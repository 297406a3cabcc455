import type { Json } from '../../values/json.js';
import { jsonText } from '../../values/json-text.js';
import { map, number, refusal, success } from '../http/answers.js';
import { idOf } from '../graph/check.js';
import { isRefusal, refuse } from '../http/refusal.js';
import { moneyText } from '../tasks/task.js';
import type { Handler } from './route.js';
import { textOf, withAccount, withTask } from './route.js';

/** Numbers as texts (7.1). */
export const account: Handler = ({ key }, { model }) => {
  const found = model.account(key);
  if (isRefusal(found))
    return refusal(found.code === 802 ? { ...found, code: 301, msg: 'user not exist' } : found);
  found.advance(model.now());
  const { coins, money, paysCoins, inFlight, options } = found;
  return success(
    map({
      remainCoins: String(Math.max(0, Math.floor(coins))),
      currentTaskCounts: String(inFlight),
      remainMoney: paysCoins ? null : moneyText(Math.max(0, money ?? 999_000_000)),
      currency: paysCoins ? null : 'CNY',
      apiType: options.apiType,
    }),
  );
};

/** `data.prompt` is a text of JSON (3). */
export const workflow = withAccount((_account, { body }, { model }) => {
  const graph = model.catalogue.graphText(idOf(body.get('workflowId')));
  return typeof graph === 'string' ? success(map({ prompt: graph }), 'SUCCESS') : refusal(graph);
});

/** An app's call example (2.4). The command to copy holds the caller's key, as the service's does. */
export const appDemo = withAccount((_account, { query, key }, { model, site }) => {
  const id = query.get('webappId') ?? '';
  const demo = model.catalogue.callExample(id);
  if (demo === null) return refusal(refuse(901, 'WEBAPP_NOT_EXISTS'));
  const body = jsonText(
    new Map<string, Json>([
      ['webappId', id],
      ['apiKey', key ?? ''],
    ]),
  );
  const curl = `curl --location '${site}/task/openapi/ai-app/run' --data '${body}'`;
  const locked = model.options.locked.has(id);
  return success(
    new Map<string, Json>([
      ...demo,
      ...(locked ? [['accessEncrypted', true] as const] : []),
      ['curl', curl],
    ]),
  );
});

/** Models of quick create (2.5); "Loar" is theirs. */
export const quickModels = withAccount((_account, { body }) => {
  const type = Number(textOf(body.get('type')) || 1);
  return success([
    map({
      id: '1904136902449209301',
      type: number(type),
      webappId: textOf(body.get('webappId')),
      modelCategory: number(1),
      modelName: 'emulated model',
      modelKey: '002',
      modelPreviewUrl: '',
      content: '',
      modelTrigger: '',
      modelLoar1FileName: 'emulated.safetensors',
      modelLoar1Weight: number(0.7),
      modelLoar2FileName: null,
      modelLoar2Weight: null,
    }),
  ]);
});

export const webhookDetail = withTask((task, { webhooks }) => {
  const detail = webhooks.detail(task.taskId);
  return detail === null ? refusal(refuse(1, 'webhook event not exists')) : success(detail);
});

export const webhookRetry = withAccount((found, { body }, { webhooks }) => {
  const url = textOf(body.get('webhookUrl'));
  return webhooks.retry(found.id, textOf(body.get('webhookId')), url)
    ? success(null, '')
    : refusal(refuse(1, 'webhook event not exists'));
});
