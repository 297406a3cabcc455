import type { Marked } from './marked.js';

/** Which pictures are meant: those of which all of this holds. */
export interface WantedMarks {
  readonly picked: boolean;
  readonly stars: readonly StarsCondition[];
}

export interface StarsCondition {
  readonly is: '>=' | '<=' | '!=' | '=' | '>' | '<';
  readonly stars: number;
}

const signs: readonly StarsCondition['is'][] = ['>=', '<=', '!=', '=', '>', '<'];

/** `stars>=4`, as `--where` has it; null: it is none. */
export const starsCondition = (text: string): StarsCondition | null => {
  const [, sign, number] = /^\s*stars\s*(>=|<=|!=|=|>|<)\s*([0-5])\s*$/.exec(text) ?? [];
  const is = signs.find((known) => known === sign);
  return is === undefined ? null : { is, stars: Number(number) };
};

export const starsText = ({ is, stars }: StarsCondition): string => `stars${is}${stars}`;

export const isWanted = ({ pick, stars }: Marked, wanted: WantedMarks): boolean =>
  (!wanted.picked || pick === 'picked') &&
  wanted.stars.every((condition) => holds(stars, condition));

const holds = (stars: number, { is, stars: than }: StarsCondition): boolean => {
  switch (is) {
    case '>=':
      return stars >= than;
    case '<=':
      return stars <= than;
    case '!=':
      return stars !== than;
    case '=':
      return stars === than;
    case '>':
      return stars > than;
    case '<':
      return stars < than;
  }
};
