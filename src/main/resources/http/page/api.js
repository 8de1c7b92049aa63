import { authorization } from './token.js';

/** Where all of the API is. */
export const BASE = '/api/video-processing';

/** What the API, or the way to it, has to say against a request: `detail` is for people, `code` for programs. */
export class Problem extends Error {
  constructor(status, { code = 'unknown', title = '', detail = '' } = {}) {
    super(detail || title || `The server answered with status ${status}.`);
    this.status = status;
    this.code = code;
  }

  /** Nobody answered. */
  static unreachable() {
    return new Problem(0, { code: 'unreachable', detail: 'Sluice cannot be reached at the moment.' });
  }

  /** Reads the body of an answer; what is not a problem document, say of a proxy, counts by its status alone. */
  static of(status, text) {
    try {
      return new Problem(status, JSON.parse(text));
    } catch {
      return new Problem(status);
    }
  }
}

const listeners = new Set();

/**
 * Calls back for each answer that asks for a token.
 *
 * @param {function(Problem): void} listener
 */
export function onUnauthorized(listener) {
  listeners.add(listener);
}

/**
 * To be told of each problem, wherever it came from: a 401 concerns the whole page.
 *
 * @param {Problem} problem
 * @returns {Problem} the same
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
 * @param {{method?: string, signal?: AbortSignal}} [options]
 * @returns {Promise<Object>}
 * @throws {Problem}
 */
export async function call(path, { method = 'GET', signal } = {}) {
  const response = await open(path, { method, signal, headers: { Accept: 'application/json' } });
  return response.json().catch(() => { throw Problem.unreachable(); });
}

/**
 * Sends a request and gives the answer, its body not yet read.
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
    throw report(Problem.of(response.status, await response.text().catch(() => '')));
  }
  return response;
}

/**
 * A name as a part of a path.
 *
 * @param {string} name
 * @returns {string}
 */
export const pathSegment = encodeURIComponent;
