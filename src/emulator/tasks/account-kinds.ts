export interface AccountOptions {
  /** NORMAL accounts pay with coins; none left: 414. */
  readonly coins: number;
  /** SHARED accounts pay with money (null: without end); none left: 416. */
  readonly money: number | null;
  readonly apiType: 'NORMAL' | 'SHARED' | 'EXCLUSIVE';
  /** Free users are refused with 801. */
  readonly free?: boolean;
  /**
   * A key of the other site; the value is how it is refused: 301 or 806 (API notes, section 1.1).
   */
  readonly otherSite?: 'user not exist' | 'APIKEY_USER_NOT_FOUND';
  /** A dedicated membership that has run out: 436 (API notes, section 2.2). */
  readonly expired?: boolean;
  /** Whether it may run standard models too, whatever its type: a stand-in for every kind. */
  readonly anyKind?: boolean;
  /** In place of the emulator's own. */
  readonly slots?: number;
  readonly queue?: number;
}

/** The kinds of account that the service has, as people call them (API notes, section 1.2). */
export const accountKinds = ['consumer', 'enterprise-shared', 'enterprise-dedicated'] as const;

export type AccountKind = (typeof accountKinds)[number];

export const isAccountKind = (text: string): text is AccountKind =>
  accountKinds.some((kind) => kind === text);

/** What an account of this kind pays with, and how much of it there is. */
export const accountOf = (kind: AccountKind): AccountOptions => {
  switch (kind) {
    case 'consumer':
      return { coins: 1_000_000, money: null, apiType: 'NORMAL' };
    case 'enterprise-shared':
      return { coins: 0, money: 1000, apiType: 'SHARED' };
    case 'enterprise-dedicated':
      return { coins: 0, money: null, apiType: 'EXCLUSIVE' };
  }
};

/**
 * Tasks at once. Two were measured for a consumer key in 2026, and pages say 50 for enterprise keys
 * (API notes, sections 11 and 19.2); a dedicated account has as many as it bought machines: one here.
 */
export const slotsOf = (kind: AccountKind): number => {
  switch (kind) {
    case 'consumer':
      return 2;
    case 'enterprise-shared':
      return 50;
    case 'enterprise-dedicated':
      return 1;
  }
};

/**
 * Where no kind is chosen: coins, and standard models all the same, so that everything can be
 * tried.
 */
export const anyAccount: AccountOptions = {
  coins: 1_000_000,
  money: null,
  apiType: 'NORMAL',
  anyKind: true,
};
