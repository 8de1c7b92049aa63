import { h } from './dom.js';
import { table } from './table.js';

const NAMES = {
  download: 'Download', processing: 'Processing', segments: 'Segments', joins: 'Joining', upload: 'Upload', updates: 'Updates to the backend',
  requests: 'Older requests', dead: 'Dead letters',
};

/**
 * The queues: what waits in each, and how many take from it.
 *
 * @returns {{node: HTMLElement, show: function({name: string, messages: number, consumers?: number}[]): void}}
 */
export function queueTable() {
  const grid = table({ label: 'Queues', columns: ['Queue', '#Messages', '#Consumers'], empty: 'There are no queues.' });
  return {
    node: grid.node,
    show(all) {
      grid.show(all.map(({ name, messages, consumers }) => h('tr', { 'data-testid': 'queue-row', 'data-queue': name },
        h('th', { scope: 'row' }, NAMES[name.split('.').at(-1)] ?? name, h('small', {}, ...breakable(name))),
        h('td', { class: 'number', 'data-some': messages > 0 }, shown(messages)),
        h('td', { class: 'number' }, shown(consumers)))));
    },
  };
}

/** With places where a narrow column may break it. */
function breakable(name) {
  return name.split(/(?<=\.)/).flatMap((piece) => [piece, h('wbr')]);
}

function shown(number) {
  return typeof number === 'number' ? number.toLocaleString('en') : '–';
}
