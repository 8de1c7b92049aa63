import { h, icon, setChildren } from './dom.js';
import { STATUS } from './stages.js';

/**
 * The status of a job: a label and an icon, so that it does not depend on colour.
 *
 * @returns {{node: HTMLElement, show: function(string): void}}
 */
export function statusBadge() {
  const node = h('span', { class: 'status', 'data-testid': 'status' });
  return {
    node,
    show(status) {
      if (node.dataset.status !== status) {
        node.dataset.status = status;
        setChildren(node, icon(status), STATUS[status] ?? status);
      }
    },
  };
}
