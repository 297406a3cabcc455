/** Why what stands in RUNNINGHUB_API_KEY can be no key, and what to write; null: it may be one. */
export interface NoKey {
  /** After the variable's name. It never repeats what stands there. */
  readonly why: string;
  readonly hint: string;
}

const alone = 'write the key alone';

/** What people copy with a key, or leave in its place. First match. */
const mistakes: readonly (readonly [RegExp, NoKey])[] = [
  [
    /^(?:authorization\s*:\s*)?bearer\b/i,
    { why: 'begins with "Bearer"', hint: `${alone}, without "Bearer": it is put there for you` },
  ],
  [
    /^(?:export\s+|set\s+)?\w*(?:api_?key|token)\w*\s*[=:]/i,
    { why: 'holds a name before the key', hint: `${alone}, without its name before it` },
  ],
  [/^["'`]|["'`]$/, { why: 'holds quotes', hint: `${alone}, without quotes` }],
  [
    /^(?:\$\{?\w+\}?|%\w+%|\$env:\w+|\{\{.*\}\}|\$\{\{.*\}\})$/i,
    {
      why: 'holds the name of a variable that nothing was put in for',
      hint: 'see that the variable is set where this is read, or write the key itself',
    },
  ],
  [
    /^https?:\/\//i,
    { why: 'holds an address', hint: `${alone}; RUNNINGHUB_BASE_URL takes the address` },
  ],
];

const placeholders: readonly RegExp[] = [
  /^[<[{(«“].*[>\]})»”]$/s,
  /^(?:\w{1,4}[-_])?[x*._•…-]{3,}$/i,
  /^\w{0,24}[-_]?(?:\.{3}|…)$/,
  /^(?:your|insert|enter|paste|replace|put|change|fill)[-_ a-z]*$/i,
  /(?:api|key|token)[-_ ]?here$/i,
  /^(?:runninghub|rh)?[-_]?api[-_]?(?:key|token)$/i,
  /^(?:changeme|placeholder|todo|tbd|null|undefined|none|nil|n\/a|false|true)$/i,
  /你的|您的|填写|填入|填在|替换|这里|密钥/,
];

const placeholder: NoKey = {
  why: 'holds a placeholder, not a key',
  hint: 'put your own key there: it has 32 letters and digits, and stands on the page of your account',
};

/** `key`: without blanks around it, and not empty. */
export const whyNoKey = (key: string): NoKey | null => {
  const found = mistakes.find(([sign]) => sign.test(key))?.[1];
  if (found !== undefined) return found;
  return placeholders.some((sign) => sign.test(key)) ? placeholder : null;
};
