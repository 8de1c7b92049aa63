import { table } from './table.js';
import { workerRow } from './worker-row.js';

/**
 * The workers in the registry, with the state of their verticles and the actions on them.
 *
 * @param {{onDone: function(string): void, onProblem: function(Error): void}} handlers `onDone` takes the message of the API
 * @returns {{node: HTMLElement, show: function(Object[]): void}}
 */
export function workerTable(handlers) {
  const grid = table({ label: 'Workers', columns: ['Worker', 'Verticles'], empty: 'No worker is running.' });
  return {
    node: grid.node,
    show(all) {
      const focused = grid.node.contains(document.activeElement) && document.activeElement.getAttribute('aria-label');
      grid.show(all.map((worker) => workerRow(worker, handlers)));
      if (focused) {
        grid.node.querySelector(`[aria-label="${CSS.escape(focused)}"]`)?.focus();
      }
    },
  };
}
