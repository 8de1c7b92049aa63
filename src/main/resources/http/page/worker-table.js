import { h } from './dom.js';
import { stageName } from './stages.js';
import { table } from './table.js';

/**
 * The workers with runs in progress.
 *
 * @returns {{node: HTMLElement, show: function({worker: string, runs: {stage: string, running: number}[]}[]): void}}
 */
export function workerTable() {
  const grid = table({ label: 'Workers', columns: ['Worker', 'Runs in progress'], empty: 'No runs in progress.' });
  return {
    node: grid.node,
    show(all) {
      grid.show(all.map(({ worker, runs }) => h('tr', { 'data-testid': 'worker-row', 'data-worker': worker },
        h('th', { scope: 'row' }, worker),
        h('td', {}, h('ul', { class: 'chips' }, ...runs.map(({ stage, running }) => h('li', {}, `${stageName(stage)} `, h('b', {}, running))))))));
    },
  };
}
