import { pyRepr } from '../python/dumps.js';
import { dict } from '../python/value.js';
import { data, shown } from '../run/values.js';
import type { Work } from '../run/work.js';
import { inputOf, textOf } from '../run/work.js';
import { flag, text } from './inputs.js';
import type { InputSpec, NodeClass, Result } from './node-class.js';

const same = (work: Work): Result => ({ outputs: [inputOf(work, 'value') ?? data(null)] });

const primitive = (type: string, displayName: string, value: InputSpec): NodeClass => ({
  input: () => ({ required: { value } }),
  output: [type],
  displayName,
  category: 'utils/primitive',
  module: 'comfy_extras.nodes_primitive',
  isNew: true,
  run: same,
});

const most = 9_223_372_036_854_775_807n;

/** Values, and texts about them. */
export const primitives: Readonly<Record<string, NodeClass>> = {
  PrimitiveString: primitive('STRING', 'String', text()),
  PrimitiveStringMultiline: primitive('STRING', 'String (Multiline)', text({ multiline: true })),
  PrimitiveInt: primitive('INT', 'Int', [
    'INT',
    dict({ min: -most, max: most, control_after_generate: true }),
  ]),
  PrimitiveFloat: primitive('FLOAT', 'Float', [
    'FLOAT',
    dict({ min: -Number(most), max: Number(most) }),
  ]),
  PrimitiveBoolean: primitive('BOOLEAN', 'Boolean', flag(false)),
  StringConcatenate: {
    input: () => ({
      required: {
        string_a: text({ multiline: true }),
        string_b: text({ multiline: true }),
        delimiter: text({ multiline: false, default: '' }),
      },
    }),
    output: ['STRING'],
    displayName: 'Concatenate',
    category: 'utils/string',
    module: 'comfy_extras.nodes_string',
    isNew: true,
    run: (work) => ({
      outputs: [
        data([textOf(work, 'string_a'), textOf(work, 'string_b')].join(textOf(work, 'delimiter'))),
      ],
    }),
  },
  PreviewAny: {
    input: () => ({ required: { source: ['*', dict({})] } }),
    output: [],
    isOutput: true,
    displayName: 'Preview as Text',
    category: 'utils',
    module: 'comfy_extras.nodes_preview_any',
    isNew: true,
    run: (work) => {
      const value = shown(inputOf(work, 'source') ?? data(null));
      return {
        outputs: [],
        ui: dict({ text: [typeof value === 'string' ? value : pyRepr(value)] }),
      };
    },
  },
};
