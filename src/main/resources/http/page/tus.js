import { BASE, Problem, open, report } from './api.js';
import { authorization } from './token.js';

const PATH = '/uploads';
const VERSION = { 'Tus-Resumable': '1.0.0' };
// A connection that was cut off without notice does not end otherwise.
const IDLE_TIMEOUT_MS = 60_000;

/**
 * The state of an upload on the server.
 *
 * @typedef {{offset: number, expires: string, job?: {job_id: string, media_id: string}}} UploadState `offset`: the bytes received;
 *     `job`: once all are received
 */

/**
 * Creates a resumable upload (tus 1.0.0).
 *
 * @param {File} file
 * @param {AbortSignal} signal
 * @returns {Promise<UploadState & {id: string}>}
 * @throws {Problem}
 */
export async function createUpload(file, signal) {
  const headers = { ...VERSION, 'Upload-Length': file.size, 'Upload-Metadata': `filename ${base64(file.name)}` };
  const response = await open(PATH, { method: 'POST', headers, signal });
  return { ...stateFrom((name) => response.headers.get(name)), id: response.headers.get('Location').split('/').at(-1) };
}

/**
 * Queries an upload.
 *
 * @param {string} id
 * @param {AbortSignal} [signal]
 * @returns {Promise<UploadState>}
 * @throws {Problem}
 */
export async function queryUpload(id, signal) {
  const response = await open(`${PATH}/${id}`, { method: 'HEAD', headers: VERSION, signal });
  return stateFrom((name) => response.headers.get(name));
}

/**
 * Appends data to an upload with XMLHttpRequest, because fetch reports no upload progress.
 *
 * @param {string} id
 * @param {number} offset
 * @param {Blob} data
 * @param {{signal: AbortSignal, onProgress: function(number): void}} options `onProgress` takes the offset of the last sent byte
 * @returns {Promise<UploadState>} rejects with a {@link Problem}
 */
export function appendData(id, offset, data, { signal, onProgress }) {
  const request = new XMLHttpRequest();
  const abort = () => request.abort();
  let timer = 0;
  const restartTimer = () => {
    clearTimeout(timer);
    timer = setTimeout(abort, IDLE_TIMEOUT_MS);
  };
  return new Promise((resolve, reject) => {
    request.upload.onprogress = ({ loaded }) => {
      restartTimer();
      onProgress(offset + loaded);
    };
    // Storing the last bytes in the object store may take longer.
    request.upload.onload = () => clearTimeout(timer);
    request.onload = () => (request.status < 300 ? resolve(stateFrom((name) => request.getResponseHeader(name))) : reject(failure(request)));
    request.onerror = () => reject(Problem.unreachable());
    request.onabort = () => reject(Problem.unreachable());
    request.onloadend = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    };
    request.open('PATCH', `${BASE}${PATH}/${id}`);
    const headers = { ...VERSION, ...authorization(), 'Content-Type': 'application/offset+octet-stream', 'Upload-Offset': offset };
    Object.entries(headers).forEach(([name, value]) => request.setRequestHeader(name, value));
    signal.addEventListener('abort', abort);
    restartTimer();
    request.send(data);
  });
}

/**
 * Deletes an upload. Without a connection nothing happens: the upload expires.
 *
 * @param {string} id
 * @returns {Promise<void>}
 */
export async function deleteUpload(id) {
  await open(`${PATH}/${id}`, { method: 'DELETE', headers: VERSION }).catch(() => {});
}

function stateFrom(header) {
  const jobId = header('Sluice-Job-Id');
  return {
    offset: Number(header('Upload-Offset')),
    expires: header('Upload-Expires'),
    ...(jobId && { job: { job_id: jobId, media_id: header('Sluice-Media-Id') } }),
  };
}

function failure(request) {
  return report(Problem.of(request.status, request.responseText, request.getResponseHeader('Retry-After')));
}

/** Header values are ASCII: the name is encoded as UTF-8, then as Base64. */
function base64(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
