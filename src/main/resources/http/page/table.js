import { h, setChildren } from './dom.js';

/**
 * A table whose rows are replaced at each refresh.
 *
 * @param {{label: string, columns: string[], empty: string}} shape columns that begin with # contain numbers
 * @returns {{node: HTMLElement, show: function(HTMLElement[]): void}} `show` takes rows
 */
export function table({ label, columns, empty }) {
  const body = h('tbody');
  const nothing = h('p', { class: 'empty' }, empty);
  const grid = h('table', { 'aria-label': label },
    h('thead', {}, h('tr', {}, ...columns.map((column) => h('th', { scope: 'col', class: column.startsWith('#') && 'number' }, column.replace('#', ''))))), body);
  const node = h('div', { class: 'panel flush' }, grid, nothing);
  return {
    node,
    show(rows) {
      grid.hidden = rows.length === 0;
      nothing.hidden = rows.length > 0;
      setChildren(body, ...rows);
    },
  };
}
