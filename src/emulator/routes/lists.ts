import type { Json, JsonObject } from '../../values/json.js';
import { JsonNumber } from '../../values/json.js';
import { jsonText } from '../../values/json-text.js';
import { map, number, refusal, success } from '../http/answers.js';
import { isRefusal, refuse } from '../http/refusal.js';
import type { Handler } from './route.js';
import { textOf, withAccount } from './route.js';

/** Keys are masked (7.3): of ours not even that is known. */
export const keyList = withAccount((_account) =>
  success([
    map({
      key: 'emul****************************',
      apiKeyName: 'emulated key',
      status: number(1),
      quotaLimit: null,
      quotaUsed: number(0),
      visible: true,
      expireAt: null,
      expireInMinute: null,
      createdAt: '2026-01-01 00:00:00',
    }),
  ]),
);

const types = ['UNET', 'CHECKPOINT', 'LORA', 'GGUF'];

/** Models by type; a LoRA that was uploaded is not among them, since that is not documented. */
export const resourceList = withAccount((_account, { body }) => {
  const type = textOf(body.get('resourceType'));
  if (!types.includes(type)) return refusal(refuse(301, 'resourceType is not valid'));
  const names = Array.from({ length: 60 }, (_each, at) => `emulated-${type.toLowerCase()}-${at}`);
  const ending = type === 'GGUF' ? 'gguf' : 'safetensors';
  return success(
    paged(
      names.map((name) => map({ nodeModelName: `${name}.${ending}` })),
      body,
    ),
  );
});

export const appList = withAccount((_account, { body }, { model, site }) => {
  if (Number(textOf(body.get('size'))) > 50) return refusal(refuse(301, 'size must be at most 50'));
  const items = [...model.options.apps].map(([id, text]) =>
    map({
      title: /"webappName"\s*:\s*"([^"]*)"/.exec(text)?.[1] ?? 'app',
      description: 'an emulated app',
      cover: '',
      invokeExample: jsonText(map({ url: `${site}/task/openapi/ai-app/run`, webappId: id })),
    }),
  );
  return success(paged(items, body));
});

/** `records`, `pages`, `hasNext`, as lists are paged here. */
const paged = (items: readonly Json[], body: JsonObject): Json => {
  const size = Math.max(1, Number(textOf(body.get('size')) || 10));
  const current = Math.max(1, Number(textOf(body.get('current')) || 1));
  const pages = Math.ceil(items.length / size);
  return map({
    records: items.slice((current - 1) * size, current * size),
    total: number(items.length),
    size: number(size),
    current: number(current),
    pages: number(pages),
    hasNext: current < pages,
  });
};

/** Of standard models (7.3): by length where they have one. The prices are made up. */
export const pricePreview: Handler = ({ key, body, path }, { model }) => {
  const account = model.account(key);
  if (isRefusal(account)) return refusal(account);
  if (model.options.keys !== null && account.options.apiType !== 'SHARED')
    return refusal(refuse(1014, 'Access Denied'));
  const { models } = model.options;
  if (models.size > 0 && !models.has(path.replace('/openapi/v2/price-preview/', '')))
    return refusal(refuse(1001, 'Invalid URL, please check your link'));
  const seconds = body.get('duration');
  const length = seconds instanceof JsonNumber ? Number(seconds.source) : 1;
  const price = (length * 0.1).toFixed(2);
  return success(
    map({
      estimatedPrice: price,
      currency: 'CNY',
      priceText: `¥${price}`,
      freeLimit: false,
    }),
  );
};
