import { h } from './dom.js';
import { STATUS } from './stages.js';

/**
 * Selects the status of the listed jobs. Uses radio buttons, so that arrow keys work.
 *
 * @param {function(string): void} onChoose receives a status; empty: all
 * @returns {HTMLElement}
 */
export function statusFilter(onChoose) {
  const option = (value, label) => {
    const id = `filter-${value || 'all'}`;
    return [
      h('input', { type: 'radio', name: 'filter', id, value, checked: value === '', class: 'visually-hidden', onchange: () => onChoose(value) }),
      h('label', { for: id }, label)];
  };
  return h('fieldset', { class: 'filter' }, h('legend', { class: 'visually-hidden' }, 'Show jobs with status'),
    ...option('', 'All'), ...Object.entries(STATUS).flatMap(([value, label]) => option(value, label)));
}
