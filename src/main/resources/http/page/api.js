import { authorization } from './token.js';

/** The path of the API. */
export const BASE = '/api/video-processing';

/** A failed request: an error response of the API, or no response. The message is the `detail` for users; retry after `retryAfterMs`. */
export class Problem extends Error {
  constructor(status, { code = 'unknown', title = '', detail = '' } = {}, retryAfter = null) {
    super(detail || title || `The server responded with status ${status}.`);
    this.status = status;
    this.code = code;
    this.retryAfterMs = (Number(retryAfter) || 0) * 1_000;
  }

  /** No response. */
  static unreachable() {
    return new Problem(0, { code: 'unreachable', detail: 'Sluice is currently unavailable.' });
  }

  /** Parses the body of a response; if it is not a problem document (from a proxy, for example), only its status is used. */
  static of(status, text, retryAfter) {
    try {
      return new Problem(status, JSON.parse(text), retryAfter);
    } catch {
      return new Problem(status, {}, retryAfter);
    }
  }
}

const listeners = new Set();

/**
 * Calls the listener for each 401 response.
 *
 * @param {function(Problem): void} listener
 */
export function onUnauthorized(listener) {
  listeners.add(listener);
}

/**
 * Notifies the listeners of a 401, which concerns the whole page.
 *
 * @param {Problem} problem
 * @returns {Problem} the argument
 */
export function report(problem) {
  if (problem.status === 401) {
    listeners.forEach((listener) => listener(problem));
  }
  return problem;
}

/**
 * Sends a request and reads its JSON.
 *
 * @param {string} path below {@link BASE}
 * @param {{method?: string, body?: Object, signal?: AbortSignal}} [options]
 * @returns {Promise<Object>}
 * @throws {Problem}
 */
export async function call(path, { method = 'GET', body, signal } = {}) {
  const content = body && { 'Content-Type': 'application/json' };
  const response = await open(path, { method, signal, body: body && JSON.stringify(body), headers: { Accept: 'application/json', ...content } });
  return response.json().catch(() => { throw Problem.unreachable(); });
}

/**
 * Sends a request and returns the response with its body unread.
 *
 * @param {string} path below {@link BASE}
 * @param {RequestInit} init
 * @returns {Promise<Response>}
 * @throws {Problem}
 */
export async function open(path, init) {
  let response;
  try {
    response = await fetch(BASE + path, { ...init, headers: { ...init.headers, ...authorization() }, cache: 'no-store' });
  } catch (failure) {
    throw failure.name === 'AbortError' ? failure : Problem.unreachable();
  }
  if (!response.ok) {
    throw report(Problem.of(response.status, await response.text().catch(() => ''), response.headers.get('Retry-After')));
  }
  return response;
}

/**
 * Encodes a name as one segment of a path.
 *
 * @param {string} name
 * @returns {string}
 */
export const pathSegment = encodeURIComponent;
