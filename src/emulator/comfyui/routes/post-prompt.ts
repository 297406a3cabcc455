import { graphJson } from '../graph/graph.js';
import { validate } from '../graph/validate.js';
import type { Answer } from '../http/answers.js';
import { json } from '../http/answers.js';
import { jsonOf } from '../http/received.js';
import { contains, item, toFloat } from '../python/convert.js';
import { pyStr } from '../python/dumps.js';
import { Raised } from '../python/raised.js';
import type { Py } from '../python/value.js';
import { dict, isPyDict, truth, typeName } from '../python/value.js';
import type { Context, Route } from './route.js';

/** `POST /prompt`: a submit (ComfyUI notes, section 2). */
export const postPrompt: Route = {
  name: 'submit',
  method: 'POST',
  path: /^\/prompt$/,
  handle: (received, context) => {
    const body = jsonOf(received);
    const number = numberOf(body, context);
    if (!contains(body, 'prompt')) return noPrompt(context);
    const prompt = item(body, 'prompt');
    const id = idOf(body, context);
    if (id === null) return badId;
    const partial =
      context.version.partial && contains(body, 'partial_execution_targets')
        ? item(body, 'partial_execution_targets')
        : null;
    const validated = validate(prompt, partial, context);
    const extra = extraOf(body, context);
    if (!validated.valid)
      return json(dict({ error: validated.error, node_errors: validated.nodeErrors }), 400);
    const { graph, outputs, nodeErrors } = validated;
    const kept = new Map([...graphJson(graph)].map(([node, value]) => [node, copied(value)]));
    const entry = context.books.queued({
      id,
      number,
      prompt: kept,
      extra,
      at: context.now(),
      life: context.lifeNumber,
    });
    context.life.put({ number, id, prompt: kept, extra, outputs }, graph, entry);
    return { ...json(dict({ prompt_id: id, number, node_errors: nodeErrors })), about: entry };
  },
};

/** Nodes are copied: what running adds to a graph is not shown. */
const copied = (node: Py): Py => {
  if (!isPyDict(node)) return node;
  const inputs = node.get('inputs');
  return isPyDict(inputs) ? new Map(node).set('inputs', new Map(inputs)) : new Map(node);
};

/** Every body that has no number of its own takes one, refused ones too (section 2.1). */
const numberOf = (body: Py, { life }: Context): bigint | number => {
  if (contains(body, 'number')) return toFloat(item(body, 'number'));
  const number =
    contains(body, 'front') && truth(item(body, 'front')) ? -life.counter : life.counter;
  life.counter += 1n;
  return number;
};

const canonical = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Null: refused. */
const idOf = (body: Py, { version, newId }: Context): string | null => {
  if (!version.clientIds || !contains(body, 'prompt_id')) return newId();
  const given = item(body, 'prompt_id');
  if (!version.canonicalIds) return pyStr(given);
  if (given === null) return newId();
  return typeof given === 'string' && canonical.test(given) ? given : null;
};

const badId: Answer = json(
  dict({
    error: dict({
      type: 'invalid_prompt_id',
      message: 'prompt_id must be a valid UUID',
      details: 'prompt_id must be a canonical lower-case UUID',
      extra_info: dict({}),
    }),
    node_errors: dict({}),
  }),
  400,
);

const extraOf = (body: Py, { version, now }: Context): Py => {
  const given = contains(body, 'extra_data') ? item(body, 'extra_data') : dict({});
  const stamp: Readonly<Record<string, Py>> = version.jobs
    ? { create_time: BigInt(Math.floor(now())) }
    : {};
  if (!contains(body, 'client_id'))
    return version.jobs && isPyDict(given) ? new Map([...given, ...Object.entries(stamp)]) : given;
  if (!isPyDict(given))
    throw new Raised('TypeError', `'${typeName(given)}' object does not support item assignment`);
  return new Map([...given, ['client_id', item(body, 'client_id')], ...Object.entries(stamp)]);
};

const noPrompt = ({ version }: Context): Answer =>
  json(
    version.errorObjects
      ? dict({
          error: dict({
            type: 'no_prompt',
            message: 'No prompt provided',
            details: 'No prompt provided',
            extra_info: dict({}),
          }),
          node_errors: dict({}),
        })
      : dict({ error: 'no prompt', node_errors: [] }),
    400,
  );
