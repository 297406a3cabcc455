import type { Context } from './context.js';

const namedAtMost = 5;

/**
 * An event about a task that no run has may come from a submit whose answer was lost. It is not
 * verified, since anybody can send one, so a person decides and the run stays unknown.
 */
export const showUnmatchedEvents = (context: Context): void => {
  if (context.creates.lost === 0) return;
  const { journal, show } = context.edges;
  const known = new Set<string | null>();
  for (const { attempts } of journal.state.runs.values())
    for (const { taskId } of attempts) known.add(taskId);
  const candidates = context.inFlight.unmatched.all().filter((taskId) => !known.has(taskId));
  if (candidates.length === 0) return;
  const named = candidates.slice(0, namedAtMost).join(', ');
  const message = `events told of a task that no run is known to have: ${named}; an unknown run may be it (rh-batch resolve RUN --task ID)`;
  show({ type: 'notice', message });
  const said = 'an event told of a task that no run is known to have';
  for (const { id, state } of journal.state.runs.values())
    if (state.is === 'unknown' && state.since >= context.startedAt)
      journal.appendLater({ type: 'judged', run: id, attempt: state.attempt, said, candidates });
};
