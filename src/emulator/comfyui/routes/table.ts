import type { Version } from '../versions.js';
import { getHistory, getHistoryOf, postHistory } from './history.js';
import { getPrompt } from './get-prompt.js';
import { postFree, postInterrupt } from './interrupt.js';
import { getJob, getJobs, postCancel, postCancelAll } from './jobs.js';
import { getEmbeddings, getModels, getModelsOf } from './models.js';
import { getObjectInfo, getObjectInfoOf } from './object-info.js';
import { pageRoutes } from './page.js';
import { postPrompt } from './post-prompt.js';
import { getQueue, postQueue } from './queue.js';
import type { Route } from './route.js';
import { getFeatures, getSystemStats } from './system.js';
import { postUploadImage, postUploadMask } from './upload.js';
import { getView } from './view.js';

const routes: readonly Route[] = [
  postPrompt,
  getPrompt,
  getQueue,
  postQueue,
  getHistory,
  getHistoryOf,
  postHistory,
  postInterrupt,
  postFree,
  getView,
  postUploadImage,
  postUploadMask,
  getObjectInfo,
  getObjectInfoOf,
  getModels,
  getModelsOf,
  getEmbeddings,
  getSystemStats,
  getFeatures,
  getJobs,
  getJob,
  postCancelAll,
  postCancel,
  ...pageRoutes,
];

/** The route of a request, its parameters, and which methods the path has. */
export const routeFor = (
  method: string,
  given: string,
  version: Version,
): {
  readonly route: Route | null;
  readonly parameters: readonly string[];
  readonly methods: readonly string[];
} => {
  const belowApi = version.apiRoutes && given.startsWith('/api/');
  const path = belowApi ? given.slice('/api'.length) : given;
  const methods: string[] = [];
  for (const route of routes) {
    const match = route.path.exec(path);
    if (match === null || route.in?.(version) === false) continue;
    if (route.onlyBelowApi === true && !belowApi) continue;
    methods.push(...(route.method === 'GET' ? ['GET', 'HEAD'] : [route.method]));
    if (route.method === method || (route.method === 'GET' && method === 'HEAD'))
      return { route, parameters: match.slice(1), methods };
  }
  return { route: null, parameters: [], methods };
};
