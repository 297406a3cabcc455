import type { Answer } from './answers.js';
import { notAllowed, notFound, text } from './answers.js';

/** Files of the web page stand below every path, so that other methods are 405 (section 1). */
export const noRoute = (method: string, path: string, methods: readonly string[]): Answer => {
  if (method !== 'GET' && method !== 'HEAD') return notAllowed([...methods, 'GET', 'HEAD']);
  if (path === '/ws' || path === '/api/ws')
    return text(400, 'No WebSocket UPGRADE hdr: None\n Can "Upgrade" only to "WebSocket".');
  return path === '/' ? page : notFound;
};

const page: Answer = {
  status: 200,
  headers: {
    'content-type': 'text/html',
    'cache-control': 'no-cache',
    pragma: 'no-cache',
    expires: '0',
  },
  body: Buffer.from(
    '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>ComfyUI</title></head><body>An emulated ComfyUI has no page.</body></html>\n',
  ),
};
