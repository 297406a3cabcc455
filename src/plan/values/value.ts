import { resolve } from 'node:path';
import pLimit from 'p-limit';
import type { Asset } from '../../assets/asset.js';
import type { Inspected } from '../../assets/inspect.js';
import { codeOf, inspectAsset, maxUploadBytes } from '../../assets/inspect.js';
import type { Diagnostic } from '../../diagnostics/diagnostic.js';
import { error, inRun, warning } from '../../diagnostics/diagnostic.js';
import { didYouMean } from '../../diagnostics/nearest.js';
import type { Problems } from '../../diagnostics/problems.js';
import type { Files } from '../../edges/files/files.js';
import type { AssetOptions } from '../../manifest/manifest.js';
import type { Datum } from '../../values/datum.js';
import { impossible } from '../../values/impossible.js';
import { JsonNumber } from '../../values/json.js';
import { canonicalJson, jsonText } from '../../values/json-text.js';
import type { Place } from '../../values/place.js';
import { clipped } from '../../values/printable.js';
import { isIntegerField } from '../../workflow/fields.js';
import { isRemote } from '../../workflow/loaders.js';
import type { Field } from '../../workflow/workflow.js';
import { NearPaths, pathHint } from '../../assets/near-path.js';
import { asText } from './as-text.js';
import { coerce, jsonOf } from './coerce.js';
import { NumberDoubts } from './doubts.js';
import { isLeftOut, isOneOfMany, itemsOf } from './items.js';
import type { AssetValue, JsonValue, OverrideValue } from '../plan.js';
import { contentNot, hintFor, isDoubtful, misfitHint, misfitOf, takenBy } from './misfits.js';
import type { BrokenRule } from './rules.js';
import { numberHint } from './number-hint.js';
import { brokenCount, brokenRule } from './rules.js';
import type { TextRead } from './text-file.js';
import { readText } from './text-file.js';

/** A value on its way to a field, with what is needed to talk about it. */
export interface ValueInput {
  readonly datum: Datum;
  readonly field: Field;
  /** Absolute folder: relative paths start there. */
  readonly dir: string;
  readonly address: string;
  /** The run that it is for. */
  readonly run: number;
  readonly at: () => Place | null;
}

const verbs = ['asset', 'file', 'value', 'asSaved'] as const;

/** Turns user data into override values; hashes each asset once, reads each text file once. */
export class Values {
  readonly assets = new Map<string, Asset>();
  /** What is to be told once all values were seen. */
  readonly doubts = new NumberDoubts();
  readonly #near: NearPaths;
  readonly #inspected = new Map<string, Promise<Inspected>>();
  readonly #texts = new Map<string, Promise<TextRead>>();
  readonly #limit = pLimit(2);

  constructor(
    /** The file of the base values, as people see it. */
    private readonly baseFile: string,
    private readonly options: AssetOptions,
    private readonly files: Files,
  ) {
    this.#near = new NearPaths(files);
  }

  /**
   * undefined: not given, the base value stays; null: a mistake, which is in `problems`.
   * A promise only where a file is read: a million rows have no time for a million turns.
   */
  valueOf(
    input: ValueInput,
    problems: Problems,
  ): OverrideValue | null | undefined | Promise<OverrideValue | null | undefined> {
    const { datum } = input;
    if (datum.is === 'absent' || isLeftOut(datum, input.field)) return undefined;
    if (datum.is === 'map' && input.field.kind !== 'object')
      return this.#verb(datum, input, problems);
    if (datum.is === 'map' && datum.entries.size === 1) {
      const [name] = datum.entries.keys();
      if (verbs.some((verb) => verb === name)) return this.#verb(datum, input, problems);
    }
    if (datum.is !== 'map' && input.field.kind === 'list' && input.field.file !== null)
      return this.#assets(datum, input, problems);
    if (datum.is === 'scalar' && isOneOfMany(datum, input.field))
      return this.#literal({ is: 'list', items: [datum] }, input, problems);
    if (datum.is === 'scalar' && this.#isLocalFile(datum.text, input))
      return this.#asset(datum.text, input, problems);
    return this.#literal(datum, input, problems);
  }

  async #verb(
    { entries }: Datum & { is: 'map' },
    input: ValueInput,
    problems: Problems,
  ): Promise<OverrideValue | null | undefined> {
    const [[name, value] = ['', { is: 'absent' } as Datum]] = entries;
    const verb = verbs.find((known) => known === name);
    if (verb === undefined || entries.size !== 1) {
      problems.add(
        error(
          'E0408',
          input.at(),
          `"${input.address}" takes a value or one of { asset }, { file }, { value }, { asSaved: true }`,
          {
            hint: didYouMean(name, verbs) ?? asText({ is: 'map', entries }),
            foundIn: inRun(input.run),
          },
        ),
      );
      return null;
    }
    switch (verb) {
      case 'asset':
        if (value.is === 'absent') return undefined;
        return value.is === 'scalar'
          ? this.#asset(value.text, input, problems)
          : this.#wrong(input, 'a path', problems);
      case 'file':
        if (value.is === 'absent') return undefined;
        return value.is === 'scalar'
          ? this.#textFile(value.text, input, problems)
          : this.#wrong(input, 'a path', problems);
      case 'value': {
        const json = jsonOf(value);
        return json === undefined
          ? this.#wrong(input, 'a JSON value', problems)
          : { is: 'json', json };
      }
      case 'asSaved':
        return { is: 'asSaved' };
      default:
        return impossible(verb);
    }
  }

  #literal(
    datum: Exclude<Datum, { is: 'absent' }>,
    input: ValueInput,
    problems: Problems,
  ): OverrideValue | null | undefined {
    const { rules, name } = input.field;
    // A text file may be empty, too.
    if (isLeftOut(datum, input.field)) return undefined;
    const whole = rules?.whole ?? isIntegerField(name);
    const coerced = coerce(datum, input.field, whole);
    if (!coerced.ok) return this.#wrong(input, coerced.takes, problems);
    const { json } = coerced;
    // What the service itself has there it takes, whatever it says of choices.
    const own = canonicalJson(json) === canonicalJson(input.field.value);
    const broken = rules === null || own ? null : brokenRule(json, rules);
    if (broken !== null) return this.#broken(broken, input, problems);
    if (!own && datum.is === 'scalar' && json instanceof JsonNumber)
      this.doubts.look(datum.text, whole, input);
    return { is: 'json', json };
  }

  #broken({ message, hint, notes }: BrokenRule, input: ValueInput, problems: Problems): null {
    const foundIn = inRun(input.run);
    problems.add(
      error('E0411', input.at(), `${input.address} ${message}`, { hint, notes, foundIn }),
    );
    return null;
  }

  #wrong({ address, field, at, datum, run }: ValueInput, takes: string, problems: Problems): null {
    const given = datum.is === 'scalar' ? `"${clip(datum.text)}"` : `a ${datum.is}`;
    problems.add(
      error('E0406', at(), `${address} takes ${takes}, not ${given}`, {
        notes: [`its value in ${this.baseFile} is ${clip(jsonText(field.value))}`],
        hint:
          datum.is === 'list' && typeof field.value === 'string'
            ? asText(datum)
            : datum.is === 'scalar' && field.kind === 'number'
              ? (numberHint(datum.text, takes) ??
                `write ${takes}, such as ${clip(jsonText(field.value))}`)
              : null,
        foundIn: inRun(run),
      }),
    );
    return null;
  }

  /** Inference (DESIGN 4.4): URLs, the service's own names and the base value pass untouched. */
  #isLocalFile(value: string, { field }: ValueInput): boolean {
    if (field.file === null || !this.options.infer) return false;
    if (value === '' || value === field.value) return false;
    // The service names a bundle by its content alone (runninghub-api 4.1).
    if (field.file === 'archive' && /^[0-9a-f]{32,64}$/.test(value)) return false;
    return !isRemote(value);
  }

  /** A field that takes several files: a list of paths and links, a JSON text of one, or one alone. */
  async #assets(
    datum: Exclude<Datum, { is: 'absent' | 'map' }>,
    input: ValueInput,
    problems: Problems,
  ): Promise<OverrideValue | null | undefined> {
    const items: (AssetValue | JsonValue)[] = [];
    for (const item of itemsOf(datum)) {
      if (item === null) return this.#wrong(input, 'a list of files', problems);
      const value = this.#isLocalFile(item, input)
        ? await this.#asset(item, input, problems)
        : ({ is: 'json', json: item } as const);
      if (value === null) return null;
      items.push(value);
    }
    const { rules } = input.field;
    if (items.length === 0 && rules !== null) return undefined;
    const broken = rules === null ? null : brokenCount(items.length, rules);
    if (broken !== null) return this.#broken(broken, input, problems);
    return items.some(({ is }) => is === 'asset')
      ? { is: 'assets', items }
      : { is: 'json', json: items.flatMap((item) => (item.is === 'json' ? [item.json] : [])) };
  }

  async #asset(path: string, input: ValueInput, problems: Problems): Promise<AssetValue | null> {
    const wanted = input.field.file;
    const found = await this.#inspect(path, input);
    if (!found.ok) {
      const near = found.is === 'missing' ? await this.#near.of(path, input.dir) : null;
      problems.add(
        error(codeOf(found.is), input.at(), `${path} ${found.why}`, {
          hint: near?.hint ?? found.hint ?? hintFor(found.is, path, wanted),
          ...refused(path, input),
        }),
      );
      return null;
    }
    const { asset } = found;
    const { rules } = input.field;
    const misfit = wanted === null ? null : misfitOf(asset, wanted, rules);
    const content = contentNot(found, wanted);
    if (misfit !== null || content !== null) {
      const what = misfit ?? content?.is ?? '';
      const isWrong = misfit !== null || content?.sure === true;
      const takes =
        wanted === null
          ? 'not what its name says'
          : `${input.address} takes ${takenBy(wanted, rules)}`;
      const told = `${path} is ${what}, ${takes}`;
      const more = {
        hint: content?.hint ?? misfitHint(wanted),
        ...refused(path, input, input.address),
      };
      problems.add((isWrong ? error : warning)('E0505', input.at(), told, more));
      if (isWrong) return null;
    }
    if (content === null && wanted !== null && isDoubtful(asset, wanted, rules))
      problems.add(
        warning(
          'E0505',
          input.at(),
          `${path} is not known as ${takenBy(wanted, null)} by its first bytes or its name, and ${input.address} takes one`,
          {
            ...refused(path, input, input.address),
            hint: 'it is sent as it is; leave it out if it was not meant',
          },
        ),
      );
    if (!this.assets.has(asset.sha256)) this.assets.set(asset.sha256, asset);
    return { is: 'asset', sha256: asset.sha256, path };
  }

  /** Each file once, however many cells name it. */
  #inspect(path: string, { dir, field }: ValueInput): Promise<Inspected> {
    const absolute = resolve(dir, path);
    const goesTo = field.file === 'model' ? 'loras' : 'files';
    const maxBytes = field.rules?.files?.maxBytes ?? maxUploadBytes;
    const key = `${goesTo} ${maxBytes} ${absolute}`;
    let inspected = this.#inspected.get(key);
    if (inspected === undefined) {
      const inspect = (at: string): Promise<Inspected> =>
        this.#limit(() => inspectAsset(at, path, this.files, goesTo, maxBytes));
      inspected = inspect(absolute).then(async (found) => {
        if (found.ok || found.is !== 'missing') return found;
        const near = await this.#near.of(path, dir);
        return near?.same === true ? inspect(near.absolute) : found;
      });
      this.#inspected.set(key, inspected);
    }
    return inspected;
  }

  async #textFile(
    path: string,
    input: ValueInput,
    problems: Problems,
  ): Promise<OverrideValue | null | undefined> {
    const absolute = resolve(input.dir, path);
    let reading = this.#texts.get(absolute);
    if (reading === undefined)
      this.#texts.set(absolute, (reading = readText(absolute, path, this.files)));
    const read = await reading;
    if (read.ok)
      return this.#literal({ is: 'scalar', text: read.text, type: 'text' }, input, problems);
    const near = read.isMissing ? await this.#near.of(path, input.dir) : null;
    problems.add(
      error('E0409', input.at(), `${path} ${read.why}`, {
        hint: near?.hint ?? read.hint ?? (read.isMissing ? pathHint(path) : null),
        ...refused(path, input),
      }),
    );
    return null;
  }
}

/** A file that cannot be used is one mistake, in however many cells it is named. */
const refused = (
  path: string,
  { dir, run }: ValueInput,
  address = '',
): Pick<Diagnostic, 'foundIn' | 'about'> => ({
  foundIn: inRun(run),
  about: JSON.stringify([resolve(dir, path), address]),
});

const clip = (value: string): string => clipped(value.replace(/\s+/g, ' '), 80);
