import { h } from './dom.js';
import { stageName } from './run-timeline.js';
import { table } from './table.js';

/**
 * The hosts that have work, and what they are at.
 *
 * @returns {{node: HTMLElement, show: function({worker: string, runs: {stage: string, running: number}[]}[]): void}}
 */
export function workerTable() {
  const grid = table({ label: 'Hosts', columns: ['Host', 'At work on'], empty: 'No host has work at the moment.' });
  return {
    node: grid.node,
    show(all) {
      grid.show(all.map(({ worker, runs }) => h('tr', { 'data-testid': 'host-row', 'data-worker': worker },
        h('th', { scope: 'row' }, worker),
        h('td', {}, h('ul', { class: 'chips' }, ...runs.map(({ stage, running }) => h('li', {}, `${stageName(stage)} `, h('b', {}, running))))))));
    },
  };
}
