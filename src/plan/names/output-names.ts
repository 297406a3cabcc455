import { error } from '../../diagnostics/diagnostic.js';
import type { Problems } from '../../diagnostics/problems.js';
import type { Manifest } from '../../manifest/manifest.js';
import type { Combination, Matrix } from '../../matrix/combination.js';
import { text } from '../../values/datum.js';
import type { Expression } from '../../template/expression.js';
import { compile, evaluateValue, pathsOf } from '../../template/expression.js';
import { leaves, safePath } from './output-path.js';
import type { OutputFacts, PlannedRun } from '../plan.js';
import type { Stage, Surroundings } from '../../template/scope.js';
import { scopeOf, variableOf } from '../../template/scope.js';

const defaultName = '${{ run.name }}_${{ output.index | pad(2) }}.${{ output.ext }}';

type Known = Pick<Combination, 'variables' | 'row' | 'index'>;

/** Paths of outputs by `outputs.name`, sanitised, below the outputs' folder. */
export class OutputNames {
  readonly #expression: Expression;
  /** Whether names follow the plan alone: today's date or the environment renames no kept file. */
  readonly lasting: boolean;
  readonly uses: readonly { readonly expression: Expression; readonly stage: Stage }[];
  /** What the matrix gave a run; forgotten with the run. */
  readonly #known = new WeakMap<PlannedRun, { readonly known: Known; readonly key: string }>();

  constructor(
    private readonly manifest: Manifest,
    matrix: Matrix,
    private readonly surroundings: Surroundings,
    problems: Problems,
  ) {
    const written = manifest.outputs.name;
    const source = written?.value ?? defaultName;
    this.#expression = compile(text(source), written?.at ?? null, problems);
    this.lasting = pathsOf(this.#expression).every(
      ({ path: [group = '', name] }) => group !== 'env' && !(group === 'batch' && name === 'date'),
    );
    this.uses = [{ expression: this.#expression, stage: 'output' }];
    if (written === null) return;
    if (leaves(source))
      problems.add(
        error('E0603', written.at, 'outputs.name must stay below outputs.dir', {
          hint: 'sub-folders are fine: ${{ style }}/${{ run.name }}.${{ output.ext }}',
        }),
      );
    const variables = new Set(matrix.variables.map(({ name }) => name));
    const tells = pathsOf(this.#expression).some(
      ({ path }) => path[0] === 'run' || variableOf(path, variables) !== null,
    );
    if (!tells && variables.size > 0)
      problems.add(
        error('E0604', written.at, 'outputs.name is the same for every run', {
          hint: '${{ run.name }}_${{ output.index | pad(2) }}.${{ output.ext }}',
        }),
      );
  }

  remember(run: PlannedRun, { variables, row, index }: Combination, key: string): void {
    this.#known.set(run, { known: { variables, row, index }, key });
  }

  path(run: PlannedRun, output: OutputFacts): string {
    const { known, key } = this.#known.get(run) ?? {
      known: fromValues(run, this.manifest.dir),
      key: '',
    };
    return this.pathOf({ name: run.name, id: run.id, key }, known, output);
  }

  /** Of a run that may be no PlannedRun yet. */
  pathOf(run: Named, known: Known, output: OutputFacts): string {
    const scope = scopeOf(
      known,
      this.surroundings,
      { get: (name) => runFact(run, name) },
      { get: (name) => outputFact(output, name) },
    );
    const evaluated = evaluateValue(this.#expression, scope);
    const named =
      evaluated.ok && evaluated.datum.is === 'scalar'
        ? evaluated.datum.text
        : `${run.name}_${output.index}.${output.ext}`;
    return safePath(named);
  }
}

interface Named {
  readonly name: string;
  readonly id: string;
  readonly key: string;
}

const runFact = (run: Named, name: string): string | undefined =>
  name === 'name' || name === 'id' || name === 'key' ? run[name] : undefined;

const outputFact = (output: OutputFacts, name: string): string | undefined => {
  switch (name) {
    case 'index':
      return String(output.index);
    case 'node':
      return output.node ?? undefined;
    case 'ext':
    case 'name':
      return output[name];
    default:
      return undefined;
  }
};

/** A run whose row is gone: its values as text are all that is left. */
const fromValues = ({ values, row, index }: PlannedRun, dir: string): Known => ({
  index,
  row,
  variables: new Map(
    [...values].map(([name, value]) => [name, { datum: text(value), dir, at: () => null }]),
  ),
});
