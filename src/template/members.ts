import type { Diagnostic } from '../diagnostics/diagnostic.js';
import { warning } from '../diagnostics/diagnostic.js';
import { Problems } from '../diagnostics/problems.js';
import type { Combination } from '../matrix/combination.js';
import type { Datum } from '../values/datum.js';
import type { PathRead } from './expression.js';
import { unknownName } from './expression.js';
import { descend, hasMember, variableOf } from './scope.js';

/** `${{ shot.name }}`: a name inside of a column or an axis. Only the data tells whether it exists. */
interface Member {
  readonly read: PathRead;
  readonly variable: string;
  /** Behind the variable. */
  readonly rest: readonly string[];
  found: boolean;
  /** What some run has at the place where the name was looked for. */
  parent: Datum | null;
  readonly siblings: Set<string>;
  /** Runs without it: a mistake of theirs, if others have it. */
  readonly waiting: Problems;
}

const maxSiblings = 100;

/** Finds names inside of values that no run has, so that the mistake is told once, with what there is. */
export class Members {
  readonly #all: Member[] = [];

  constructor(reads: readonly PathRead[], variables: ReadonlySet<string>) {
    for (const read of reads) {
      const variable = variableOf(read.path, variables);
      const rest = read.path.slice(read.path[0] === 'matrix' ? 2 : 1);
      if (variable === null || !variables.has(variable) || rest.length === 0) continue;
      const siblings = new Set<string>();
      this.#all.push({
        ...{ read, variable, rest, found: false, parent: null, siblings },
        waiting: new Problems(),
      });
    }
  }

  /** Looks whether this combination has what was not found so far. */
  see({ variables }: Combination): void {
    for (const member of this.#all) {
      if (member.found) continue;
      const datum = variables.get(member.variable)?.datum;
      if (datum === undefined || datum.is === 'absent') continue;
      member.found = hasMember(datum, member.rest);
      const parent = descend(datum, member.rest.slice(0, -1));
      member.parent = parent;
      if (parent.is !== 'map') continue;
      for (const key of parent.entries.keys())
        if (member.siblings.size < maxSiblings) member.siblings.add(key);
    }
  }

  /** Keeps the mistake of one run until it is known whether any run has the name. */
  defer(missing: readonly string[], mistake: Diagnostic): boolean {
    const key = missing.join('\0');
    const member = this.#all.find(({ read, found }) => !found && read.path.join('\0') === key);
    if (member === undefined) return false;
    member.waiting.add(mistake);
    return true;
  }

  /** After all combinations were seen. */
  tell(problems: Problems): void {
    for (const { read, found, parent, rest, siblings, waiting } of this.#all) {
      if (found || parent === null) {
        problems.absorb(waiting);
        continue;
      }
      const above = read.path.slice(0, -1).join('.');
      const known = [...siblings].map((key) => `${above}.${key}`);
      const mistake = unknownName(read.path, read.at, known);
      const hint =
        parent.is === 'map' || rest.length > 1
          ? mistake.hint
          : `"${above}" is a ${parent.is === 'list' ? 'list' : 'text'} with no names in it: \${{ ${above} }}`;
      if (read.optional) problems.absorb(waiting);
      problems.add(
        read.optional ? warning('E0402', read.at, mistake.message, { hint }) : { ...mistake, hint },
      );
    }
  }
}
