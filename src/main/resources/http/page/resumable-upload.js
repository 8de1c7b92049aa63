import { Problem } from './api.js';
import { keyOf, removeStoredUpload, storeUpload, storedUpload } from './stored-uploads.js';
import { appendData, createUpload, deleteUpload, queryUpload } from './tus.js';
import { exclusively } from './upload-lock.js';

// A server that rejects a file reads the rest of the request, up to a limit: a short first request gets its response to the browser.
const FIRST_REQUEST_BYTES = 16 << 20;
const MIN_RETRY_MS = 1_000;
const MAX_RETRY_MS = 30_000;
const TEMPORARY = [0, 401, 408, 409, 423, 425, 429, 460];
const GONE = [403, 404, 410];
// The previous connection has not ended for the server yet, so that the offset has changed since the query.
const STORING = { code: 'conflict', detail: 'The server is still storing the data of the previous connection.' };

/**
 * Uploads a file. Retries with back-off after a temporary failure, and continues an earlier upload of the same file at the
 * offset that the server reports.
 *
 * @param {File} file
 * @param {function({state: string, sent?: number, problem?: Problem, seconds?: number, job?: Object}): void} onState states are
 *     sending (`sent` bytes), retrying (after the `problem`, in `seconds`), failed (`problem`) and done (`job`)
 * @returns {{start: function(): void, pause: function(): void, retryNow: function(): void, cancel: function(): void}}
 */
export function resumableUpload(file, onState) {
  const key = keyOf(file);
  let id = storedUpload(key)?.id;
  let abort = new AbortController();
  let running = Promise.resolve();
  let sent = 0;
  let wake = () => {};

  function start() {
    const current = abort = new AbortController();
    // The lock of the paused run is released when that run has ended.
    running = running.then(() => run(current.signal));
  }

  async function run(signal) {
    try {
      const job = await exclusively(key, () => sendWithRetries(signal));
      removeStoredUpload(key);
      onState({ state: 'done', job });
    } catch (problem) {
      if (!signal.aborted) {
        if (problem.code !== 'in_other_tab') {
          discard();
        }
        onState({ state: 'failed', problem });
      }
    }
  }

  async function sendWithRetries(signal) {
    for (let failures = 0; ;) {
      const before = sent;
      try {
        return await send(signal);
      } catch (problem) {
        if (signal.aborted || !isTemporary(problem)) {
          throw problem;
        }
        await requireReadable();
        failures = sent > before ? 1 : failures + 1;
        await waitForRetry(problem.status === 409 ? new Problem(409, STORING) : problem, failures, signal);
      }
    }
  }

  async function send(signal) {
    let state = await locate(signal);
    storeUpload(key, { id, name: file.name, size: file.size, expires: state.expires });
    while (!state.job) {
      progress(state.offset);
      const end = state.offset === 0 ? FIRST_REQUEST_BYTES : file.size;
      state = await appendData(id, state.offset, file.slice(state.offset, end), { signal, onProgress: progress });
    }
    return state.job;
  }

  function progress(offset) {
    sent = offset;
    onState({ state: 'sending', sent });
  }

  /** The state of the upload on the server, which is created if it does not exist. */
  async function locate(signal) {
    if (id) {
      try {
        return await queryUpload(id, signal);
      } catch (problem) {
        if (!GONE.includes(problem.status)) {
          throw problem;
        }
        if (sent > 0) {
          // Sending all data again might only be rejected again.
          throw new Problem(problem.status, { code: 'gone', detail: 'The server has deleted this upload: it expired, or the file was rejected.' });
        }
      }
    }
    const created = await createUpload(file, signal);
    id = created.id;
    return created;
  }

  /** A file that was changed or deleted on the device fails like a connection. */
  async function requireReadable() {
    try {
      await file.slice(0, 1).arrayBuffer();
    } catch {
      throw new Problem(0, { code: 'file_changed', detail: 'The file was changed or deleted on this device. Choose it again.' });
    }
  }

  async function waitForRetry(problem, failures, signal) {
    const backOff = Math.min(MAX_RETRY_MS, MIN_RETRY_MS * 2 ** (failures - 1));
    // With jitter, so that clients do not return at the same time after a restart.
    const wait = Math.max(problem.retryAfterMs, backOff * (0.5 + Math.random() / 2));
    let woken = false;
    for (let seconds = Math.ceil(wait / 1_000); seconds > 0 && !woken && !signal.aborted; seconds--) {
      onState({ state: 'retrying', problem, seconds });
      await new Promise((resolve) => {
        const timer = setTimeout(resolve, 1_000);
        wake = () => {
          woken = true;
          clearTimeout(timer);
          resolve();
        };
      });
    }
    signal.throwIfAborted();
  }

  function discard() {
    removeStoredUpload(key);
    if (id) {
      deleteUpload(id);
    }
    id = undefined;
    sent = 0;
  }

  function stop() {
    abort.abort();
    wake();
  }

  window.addEventListener('online', () => wake());
  return {
    start,
    pause: stop,
    retryNow: () => wake(),
    cancel() {
      stop();
      discard();
    },
  };
}

function isTemporary({ status }) {
  return TEMPORARY.includes(status) || status >= 500;
}
