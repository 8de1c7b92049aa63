import { h, icon, setChildren } from './dom.js';
import { STATES } from './stages.js';

/**
 * The state of a job: a label and an icon, so that it does not depend on colour.
 *
 * @returns {{node: HTMLElement, show: function(string): void}}
 */
export function statusBadge() {
  const node = h('span', { class: 'status', 'data-testid': 'status' });
  return {
    node,
    show(state) {
      if (node.dataset.state !== state) {
        node.dataset.state = state;
        setChildren(node, icon(state), STATES[state] ?? state);
      }
    },
  };
}
