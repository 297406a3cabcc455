import { request } from 'undici';
import type { Dispatcher } from 'undici';

/**
 * undici's request, but an abort ends it at once. Its own waits on where the connection is not
 * there yet, for as long as that takes; one that was aborted meanwhile is not sent any more.
 */
export const ask = (
  url: string,
  options: NonNullable<Parameters<typeof request>[1]> & { readonly signal: AbortSignal },
): Promise<Dispatcher.ResponseData<unknown>> =>
  new Promise((resolve, reject) => {
    const { signal } = options;
    const aborted = (): void => reject(new DOMException('This request was aborted', 'AbortError'));
    if (signal.aborted) {
      aborted();
      return;
    }
    signal.addEventListener('abort', aborted, { once: true });
    request(url, options)
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', aborted));
  });
