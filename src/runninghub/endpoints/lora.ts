import { isObject } from '../../values/json-text.js';
import { envelopeFault, isGood, readAnswer, textOf } from '../envelope.js';
import { fault } from '../errors.js';
import type { Gate } from '../http/gate.js';
import type { Http, Reply } from '../http/http.js';
import type { LoraAnswer, LoraFile } from '../service.js';
import { isOwnAddress } from '../own-hosts.js';
import { badUpload } from '../upload-name.js';

/**
 * `POST /api/openapi/getLoraUploadUrl`, then a PUT of the bytes to the link that it gave
 * (runninghub-api 4.3). No link: the service has a file of this md5 already. The link is signed,
 * which makes it a secret: it stands in no message, and no key is sent to it.
 */
export const uploadLora = async (
  file: LoraFile,
  ask: () => Promise<Reply>,
  http: Http,
  gate: Gate,
  site: string,
  signal: AbortSignal | undefined,
): Promise<LoraAnswer> => {
  const answer = readAnswer(await ask());
  if (answer.is === 'fault') return { is: 'failed', fault: answer.fault };
  const { envelope } = answer;
  if (!isGood(envelope.code)) return { is: 'failed', fault: envelopeFault(envelope, answer.reply) };
  const { data } = envelope;
  const fileName = isObject(data) ? (textOf(data.get('fileName')) ?? '') : '';
  const url = isObject(data) ? (textOf(data.get('url')) ?? '') : '';
  if (fileName === '') return bad('bad-answer', 'The LoRA upload was answered without a name');
  const wrong = badUpload(fileName);
  if (wrong !== null) return { is: 'failed', fault: wrong };
  gate.takeUpload(fileName);
  if (url === '') return { is: 'stored', fileName, sent: false };
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url))
    return bad('bad-link', 'The link for the LoRA upload is no URL');
  const address = gate.address(url, '');
  if (address.is === 'lost') return bad('bad-link', 'The link for the LoRA upload is too long');
  if (!isOwnAddress(address.url, site, 'upload')) {
    const { host } = new URL(address.url);
    return refusedLink(`The link for the LoRA upload leads to ${host}, which is not the service's`);
  }
  const put = await http.put(address.url, file, signal);
  switch (put.is) {
    case 'status':
      return put.status >= 200 && put.status < 300
        ? { is: 'stored', fileName, sent: true }
        : bad(`http-${put.status}`, `The service's storage answered HTTP ${put.status}`);
    case 'unreadable':
      return {
        is: 'failed',
        fault: fault('input', 'unreadable-file', `The file cannot be read: ${put.why}`),
      };
    case 'none':
      return bad(put.code, `The service's storage cannot be reached (${put.code})`);
  }
};

/** Another link would lead there, too: the file stays here. */
const refusedLink = (message: string): LoraAnswer => ({
  is: 'failed',
  fault: fault('input', 'foreign-link', message),
});

/** Asked for again, a link is fresh: an expired one is no reason to give up. */
const bad = (code: string, message: string): LoraAnswer => ({
  is: 'failed',
  fault: fault('transient', code, message),
});
