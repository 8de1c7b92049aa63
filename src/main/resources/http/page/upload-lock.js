import { Problem } from './api.js';

const IN_OTHER_TAB = { code: 'in_other_tab', detail: 'This file is being uploaded in another tab.' };

/**
 * Runs a task unless another tab of this browser runs one with the same name. Pages that are not served over HTTPS or from
 * the loopback interface have no locks: the later of two uploads then takes over.
 *
 * @template T
 * @param {string} name
 * @param {function(): Promise<T>} task
 * @returns {Promise<T>}
 * @throws {Problem} `in_other_tab`
 */
export function exclusively(name, task) {
  if (!navigator.locks) {
    return task();
  }
  return navigator.locks.request(name, { ifAvailable: true }, (lock) => {
    if (!lock) {
      throw new Problem(0, IN_OTHER_TAB);
    }
    return task();
  });
}

/**
 * The names of the tasks that run in any tab.
 *
 * @returns {Promise<Set<string>>}
 */
export async function runningTasks() {
  const { held = [] } = (await navigator.locks?.query()) ?? {};
  return new Set(held.map(({ name }) => name));
}
