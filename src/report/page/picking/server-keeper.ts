import type { Mark } from '../../../picks/mark.js';
import { readMark } from '../../../picks/mark.js';
import { count } from '../../../values/amounts.js';
import type { Keeper } from './browser-keeper.js';

/** Marks are sent to the server that the page came from, which keeps them beside the outputs. */
export interface ServerKeeper extends Keeper {
  /** The server answers again. */
  readonly sendAgain: () => void;
}

/** So many in one request. */
const most = 1_000;
const againMs = 2_000;

/**
 * Until the server says that a mark is on the disk it stays in the browser's storage, each under a
 * key of its own, so that tabs do not overwrite each other's. After a reload, or when the server
 * is there again, it is sent. One that is sent twice changes nothing.
 */
export const serverKeeper = (batch: string): ServerKeeper => {
  const place = `rh-batch-unsent ${location.pathname} ${batch} `;
  const unsent = new Map<string, Mark>();
  let why: string | null = null;
  let refused: string | null = null;
  let sending = false;
  let timer: number | undefined;
  let told: () => void = () => undefined;
  const keyOf = ({ at, run, output }: Mark): string => `${place}${at} ${run}/${output}`;

  const send = async (): Promise<void> => {
    clearTimeout(timer);
    if (sending || unsent.size === 0) return;
    sending = true;
    const marks = [...unsent].slice(0, most);
    const answer = await post(marks.map(([, mark]) => mark));
    sending = false;
    if (answer.is === 'later') {
      ({ why } = answer);
      timer = window.setTimeout(() => void send(), againMs);
    } else {
      // What is refused for good stays on the page and in the file that "Save picks" makes.
      if (answer.is === 'refused') refused = answer.why;
      why = null;
      for (const [key] of marks) {
        unsent.delete(key);
        store(key, null);
      }
      void send();
    }
    told();
  };

  return {
    load: () => {
      for (const [key, mark] of storedMarks(place, batch)) unsent.set(key, mark);
      void send();
      return [...unsent.values()];
    },
    keep: (mark) => {
      const key = keyOf(mark);
      unsent.set(key, mark);
      store(key, mark);
      void send();
    },
    onOthers: () => undefined,
    onNote: (listener) => {
      told = listener;
    },
    sendAgain: () => void send(),
    note: () => {
      if (refused !== null) return `A mark was not taken: ${refused} "Save picks" has it.`;
      if (why === null) return 'Kept in picks.jsonl beside the pictures.';
      return `${count(unsent.size, 'mark')} not kept yet: ${why} This page sends them again.`;
    },
  };
};

type Answer = { readonly is: 'kept' } | { readonly is: 'refused' | 'later'; readonly why: string };

const post = async (marks: readonly Mark[]): Promise<Answer> => {
  try {
    const response = await window.fetch('./', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(marks),
      // A tab that is closed sends its last mark all the same.
      keepalive: marks.length < 100,
    });
    if (response.ok) return { is: 'kept' };
    const why = (await response.text()).trim();
    return { is: response.status === 400 ? 'refused' : 'later', why };
  } catch {
    return { is: 'later', why: 'the server does not answer.' };
  }
};

/** Where nothing can be stored, the page alone holds it until it is sent. */
const store = (key: string, mark: Mark | null): void => {
  try {
    if (mark === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(mark));
  } catch {
    // It is sent at once, and again.
  }
};

const storedMarks = (place: string, batch: string): readonly (readonly [string, Mark])[] => {
  try {
    return Object.keys(localStorage)
      .filter((key) => key.startsWith(place))
      .flatMap((key) => {
        const read = readMark(JSON.parse(localStorage.getItem(key) ?? 'null'));
        return read.ok && read.mark.batch === batch ? [[key, read.mark] as const] : [];
      });
  } catch {
    return [];
  }
};
