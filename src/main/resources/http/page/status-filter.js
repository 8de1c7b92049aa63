import { h } from './dom.js';
import { STATUS } from './stages.js';

/**
 * Which jobs to show. Radio buttons underneath: the arrow keys choose.
 *
 * @param {function(string): void} onChoose takes a status, or nothing for all
 * @returns {HTMLElement}
 */
export function statusFilter(onChoose) {
  const choice = (value, label) => {
    const id = `filter-${value || 'all'}`;
    return [
      h('input', { type: 'radio', name: 'filter', id, value, checked: value === '', class: 'visually-hidden', onchange: () => onChoose(value) }),
      h('label', { for: id }, label)];
  };
  return h('fieldset', { class: 'filter' }, h('legend', { class: 'visually-hidden' }, 'Show jobs that are'),
    ...choice('', 'All'), ...Object.entries(STATUS).flatMap(([value, label]) => choice(value, label)));
}
