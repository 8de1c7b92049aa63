import { h } from './dom.js';
import { table } from './table.js';

const NAMES = {
  download: 'Download', processing: 'Processing', segments: 'Segments', joins: 'Concatenation', upload: 'Upload', updates: 'Updates',
  requests: 'Legacy requests', dead: 'Dead letters',
};

/**
 * The queues with their numbers of messages and consumers.
 *
 * @returns {{node: HTMLElement, show: function({name: string, messages: number, consumers?: number}[]): void}}
 */
export function queueTable() {
  const grid = table({ label: 'Queues', columns: ['Queue', '#Messages', '#Consumers'], empty: 'No queues.' });
  return {
    node: grid.node,
    show(all) {
      grid.show(all.map(({ name, messages, consumers }) => h('tr', { 'data-testid': 'queue-row', 'data-queue': name },
        h('th', { scope: 'row' }, NAMES[name.split('.').at(-1)] ?? name, h('small', {}, ...breakable(name))),
        h('td', { class: 'number', 'data-nonzero': messages > 0 }, formatted(messages)),
        h('td', { class: 'number' }, formatted(consumers)))));
    },
  };
}

/** Adds line break opportunities for narrow columns. */
function breakable(name) {
  return name.split(/(?<=\.)/).flatMap((label) => [label, h('wbr')]);
}

function formatted(number) {
  return typeof number === 'number' ? number.toLocaleString('en') : '–';
}
