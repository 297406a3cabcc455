import { json } from '../http/answers.js';
import { isFolderType } from '../files.js';
import { dict } from '../python/value.js';
import type { Route } from './route.js';

/** What ComfyUI's web page asks as it starts. */
const told = (name: string, path: RegExp, answer: () => ReturnType<typeof json>): Route => ({
  name,
  method: 'GET',
  path,
  handle: answer,
});

/** `GET /internal/files/{type}`: names, the newest first (ComfyUI notes, section 4; unofficial). */
const getFiles: Route = {
  name: 'internalFiles',
  method: 'GET',
  path: /^\/internal\/files\/([^/]+)$/,
  in: ({ newEngine }) => newEngine,
  handle: (_, { files }, [type = '']) =>
    isFolderType(type)
      ? json(
          [...files.names(type, '')].sort(
            (a, b) => (files.file(type, b)?.at ?? 0) - (files.file(type, a)?.at ?? 0),
          ),
        )
      : json(dict({ error: 'Invalid directory type' }), 400),
};

export const pageRoutes: readonly Route[] = [
  told('extensions', /^\/extensions$/, () => json([])),
  told('users', /^\/users$/, () => json(dict({ storage: 'server', migrated: true }))),
  told('settings', /^\/settings$/, () => json(dict({}))),
  told('i18n', /^\/i18n$/, () => json(dict({}))),
  told('templates', /^\/workflow_templates$/, () => json(dict({}))),
  getFiles,
];
