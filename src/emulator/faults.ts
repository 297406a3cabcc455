/** What can go wrong on an endpoint. Seeded, countable, switchable while the emulator runs. */
export const faultKinds = [
  // Instead of the effect.
  'http500',
  'http502',
  'http503',
  'http429',
  'html200',
  'unauthorized',
  'resetBefore',
  'hangBefore',
  'capacity',
  // After the effect: the answer is lost or spoilt.
  'resetAfter',
  'hangAfter',
  'http502After',
  'codeAsString',
  'nullMsg',
  'nullData',
  'truncatedJson',
  'wrongTypes',
  'slowDrip',
  // Of outputs.
  'emptyOutputs',
  'flapping',
  'unknownStatus',
  'falseFailure',
  'missing',
  // Of downloads.
  'wrongLength',
  'expiredLink',
] as const;

export type FaultKind = (typeof faultKinds)[number];

export interface FaultRule {
  /** Name of an endpoint (`create`, `outputs` …), or `*`. */
  readonly endpoint: string;
  readonly kind: FaultKind;
  /** Per request; 0 to 1. */
  readonly probability?: number;
  /** The next so many requests, whatever the probability. */
  next?: number;
}

export const isFaultKind = (text: string): text is FaultKind =>
  faultKinds.some((kind) => kind === text);

export class Faults {
  #rules: FaultRule[] = [];
  readonly injected: Record<string, number> = {};

  constructor(private readonly random: () => number) {}

  set(rules: readonly FaultRule[]): void {
    this.#rules = rules.map((rule) => ({ ...rule }));
  }

  /** The fault that this request meets, if any. At most one, so that each stays countable. */
  draw(endpoint: string): FaultKind | null {
    for (const rule of this.#rules) {
      if (rule.endpoint !== '*' && rule.endpoint !== endpoint) continue;
      if (rule.next !== undefined) {
        if (rule.next <= 0) continue;
        rule.next -= 1;
      } else if (this.random() >= (rule.probability ?? 0)) continue;
      const name = `${endpoint}:${rule.kind}`;
      this.injected[name] = (this.injected[name] ?? 0) + 1;
      return rule.kind;
    }
    return null;
  }
}
