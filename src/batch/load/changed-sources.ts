import type { Io } from '../../edges/io.js';
import type { Project } from './project.js';

/** How many are named. */
const named = 5;

/** At the end of an apply: what is no longer as it was planned with. What ran and is reported is the plan. */
export const tellChangedSources = async (
  { files, show }: Pick<Project, 'files' | 'show'>,
  io: Io,
): Promise<void> => {
  const { paths, patterns } = await files.changed();
  const changed = [...paths.map(show), ...patterns.map((pattern) => `what ${pattern} finds`)];
  if (changed.length === 0) return;
  const more = changed.length > named ? ` and ${changed.length - named} more` : '';
  io.err.write(
    `notice: ${changed.slice(0, named).join(', ')}${more} changed while this apply worked: ` +
      'it ran and reports what was planned at its start; the next apply takes the change up\n',
  );
};
