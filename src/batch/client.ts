import type { Client } from '../runninghub/client.js';
import { createClient } from '../runninghub/client.js';
import type { Identity } from './connect.js';

/** For a few requests about an account. What runs a batch, or may emulate, goes by `connect`. */
export const clientOf = ({ site, key, clock, network, env }: Identity): Client =>
  createClient({ baseUrl: site, key, clock, network, env });
