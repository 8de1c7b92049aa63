import { h, setChildren } from './dom.js';

/**
 * A place for what went wrong, read out when something is put there.
 *
 * @returns {{node: HTMLElement, show: function(Error, function(): void=): void, clear: function(): void}} `show` takes what to
 *     do for "Try again" as well
 */
export function noticeArea() {
  const node = h('div', { class: 'notice-area', role: 'alert' });
  return {
    node,
    show(problem, again) {
      setChildren(node, h('div', { class: 'notice', 'data-testid': 'error' },
        h('p', {}, problem.message),
        again && h('button', { type: 'button', class: 'quiet', onclick: again }, 'Try again')));
    },
    clear: () => setChildren(node),
  };
}
