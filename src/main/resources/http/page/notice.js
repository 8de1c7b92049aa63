import { h, setChildren } from './dom.js';

/**
 * Shows an error; screen readers read it out.
 *
 * @returns {{node: HTMLElement, show: function(Error, function(): void=): void, clear: function(): void}} `show` also takes
 *     the action of the button "Try again"
 */
export function noticeArea() {
  const node = h('div', { class: 'notice-area', role: 'alert' });
  return {
    node,
    show(problem, retry) {
      setChildren(node, h('div', { class: 'notice', 'data-testid': 'error' },
        h('p', {}, problem.message),
        retry && h('button', { type: 'button', class: 'quiet', onclick: retry }, 'Try again')));
    },
    clear: () => setChildren(node),
  };
}
