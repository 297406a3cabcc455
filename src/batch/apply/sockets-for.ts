import type { EngineEdges } from '../../engine/edges.js';
import type { Connection, Identity, RunClient } from '../connect.js';
import type { ServerConnection } from '../servers/connect-servers.js';

/** What tells of running tasks, for whoever shows it. Loaded where it is shown. */
export const socketsFor = async (
  connection: Connection<RunClient> | ServerConnection,
  { env, site }: Identity,
): Promise<(EngineEdges['sockets'] & object) & { close(): Promise<void> }> => {
  if ('sockets' in connection) return connection.sockets();
  const { TaskSockets } = await import('../../runninghub/sockets.js');
  return new TaskSockets(site, env);
};
