import { h, icon, setChildren } from './dom.js';
import { STATUS } from './stages.js';

/**
 * The status of a job: a word and a shape, so that colour alone says nothing.
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
