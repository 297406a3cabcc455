import { empty, json } from '../http/answers.js';
import type { Route } from './route.js';

/** `GET /models`: the folders of models. */
export const getModels: Route = {
  name: 'models',
  method: 'GET',
  path: /^\/models$/,
  in: ({ newEngine }) => newEngine,
  handle: (_, { modelFolders }) => json([...modelFolders.keys()]),
};

/** `GET /models/{folder}`: the files of one. */
export const getModelsOf: Route = {
  name: 'modelsOf',
  method: 'GET',
  path: /^\/models\/([^/]+)$/,
  in: ({ newEngine }) => newEngine,
  handle: (_, { modelFolders }, [folder = '']) => {
    const files = modelFolders.get(folder);
    return files === undefined ? empty(404) : json([...files]);
  },
};

/** `GET /embeddings`: names without their endings. */
export const getEmbeddings: Route = {
  name: 'embeddings',
  method: 'GET',
  path: /^\/embeddings$/,
  handle: (_, { modelFolders }) =>
    json((modelFolders.get('embeddings') ?? []).map((name) => name.replace(/\.[^.]*$/, ''))),
};
