import type { FaultRule } from '../../http/faults.js';
import type { Outlet } from '../../http/fault-answers.js';
import { hang } from '../../http/slow.js';
import { withoutRepeatedText } from '../../http/repeated-text.js';
import type { Received } from '../../http/request.js';
import type { OutputFile } from '../../tasks/outputs.js';
import { outputFiles } from '../../tasks/outputs.js';
import type { Context } from '../route.js';
import { partOf, refuseXml } from './part.js';

/** The files made last, for clients that fetch a file in ranges. */
export class RenderedFiles {
  readonly #files = new Map<string, Buffer>();

  get(name: string, file: OutputFile): Buffer {
    const found = this.#files.get(name) ?? file.bytes();
    this.#files.delete(name);
    this.#files.set(name, found);
    const oldest = this.#files.keys().next();
    if (this.#files.size > 8 && oldest.done !== true) this.#files.delete(oldest.value);
    return found;
  }
}

/**
 * `GET /output/…`: a file of a task, by a signed link that lives a day, without a key. A query that
 * was stripped or encoded anew is refused (API notes, section 13).
 */
export const serveFile = async (
  received: Received,
  outlet: Outlet,
  { model, links, rendering, fault }: Context,
  rendered: RenderedFiles,
): Promise<void> => {
  const { response } = outlet;
  const { path, search, method } = received;
  const why =
    fault?.kind === 'expiredLink'
      ? 'RequestHasExpired'
      : links.refusal(path, withoutRepeatedText(search), model.now(), model.linksFrom);
  if (why !== null) {
    refuseXml(response, fault?.kind === 'expiredLink' ? (fault.code ?? 403) : 403, why);
    return;
  }
  const [, , taskId = '', index = ''] = path.split('/');
  const task = model.tasks.get(taskId);
  const file = task === undefined ? undefined : outputFiles(task, rendering)[Number(index)];
  if (task === undefined || file === undefined || model.statusOf(task) !== 'SUCCESS') {
    refuseXml(response, 404, 'NoSuchKey');
    return;
  }
  const bytes = rendered.get(`${taskId}/${index}`, file);
  const part = partOf(received, response, bytes, file.type);
  if (part === null) return;
  const { status, headers, body } = part;
  const sent = fault?.kind === 'halfFile' ? body.subarray(0, body.length >> 1) : body;
  response.writeHead(status, { ...headers, 'content-length': sent.length });
  if (method === 'HEAD') response.end();
  else await send(sent, outlet, fault);
};

const send = async (body: Buffer, outlet: Outlet, fault: FaultRule | null): Promise<void> => {
  const { response, closing, clock } = outlet;
  switch (fault?.kind) {
    case 'wrongLength':
    case 'resetAfter':
    case 'truncatedJson':
      // Half of it, then the connection breaks.
      response.write(body.subarray(0, body.length >> 1), () => response.destroy());
      return;
    case 'hangAfter':
      response.write(body.subarray(0, body.length >> 1));
      await hang(outlet);
      return;
    case 'slowDrip': {
      const step = Math.max(1, Math.ceil(body.length / 6));
      for (let at = 0; at < body.length; at += step) {
        response.write(body.subarray(at, at + step));
        await clock.sleep((fault.ms ?? 90) / 6, closing);
      }
      response.end();
      return;
    }
    default:
      response.end(body);
  }
};
