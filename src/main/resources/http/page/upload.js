import { BASE, Problem, report } from './api.js';
import { authorization } from './token.js';

/**
 * Uploads a file with XMLHttpRequest, because fetch reports no upload progress.
 *
 * @param {File} file
 * @param {function(number): void} onProgress fraction of the sent bytes, 0 to 1
 * @returns {{done: Promise<{media_id: string, job_id: string}>, abort: function(): void}} `done` rejects with a {@link Problem}
 */
export function send(file, onProgress) {
  const request = new XMLHttpRequest();
  const done = new Promise((resolve, reject) => {
    request.upload.onprogress = ({ lengthComputable, loaded, total }) => lengthComputable && onProgress(loaded / total);
    request.onload = () => (request.status < 300 ? resolve(JSON.parse(request.responseText)) : reject(failure(request)));
    request.onerror = () => reject(Problem.unreachable());
    request.onabort = () => reject(new Problem(0, { code: 'aborted', detail: 'The upload was cancelled.' }));
  });
  const form = new FormData();
  form.append('file', file, file.name);
  request.open('POST', `${BASE}/media`);
  Object.entries(authorization()).forEach(([name, value]) => request.setRequestHeader(name, value));
  request.send(form);
  return { done, abort: () => request.abort() };
}

function failure({ status, responseText }) {
  const problem = report(Problem.of(status, responseText));
  if (status === 413 && problem.code === 'unknown') {
    problem.message = 'The file exceeds the size limit of this installation.';
  }
  return problem;
}
