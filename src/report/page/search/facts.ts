import type { Run } from '../batch.js';

/** What can be asked for beside the values, by its name. Times are in seconds. */
export const factsToFind: ReadonlyMap<string, (run: Run) => readonly string[]> = new Map(
  Object.entries({
    name: ({ name }: Run) => [name],
    status: ({ status }: Run) => [status],
    tag: ({ tags }: Run) => tags ?? [],
    coins: ({ coins }: Run) => given(coins),
    money: ({ money }: Run) => given(money),
    seconds: ({ runMs }: Run) => given(runMs === undefined ? undefined : String(runMs / 1000)),
    queued: ({ queueMs }: Run) => given(queueMs === undefined ? undefined : String(queueMs / 1000)),
    attempts: ({ attempts }: Run) => [String(attempts)],
    row: ({ row }: Run) => given(row),
    file: ({ outputs }: Run) => outputs.map(({ name }) => name),
    error: ({ error }: Run) => given(error?.message),
    code: ({ error }: Run) => given(error?.code ?? undefined),
    node: ({ error }: Run) => given(error?.node ?? undefined),
    task: ({ task }: Run) => given(task),
    id: ({ id }: Run) => [id],
  }),
);

const given = (text: string | undefined): readonly string[] => (text === undefined ? [] : [text]);
