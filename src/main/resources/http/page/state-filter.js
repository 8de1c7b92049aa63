import { h } from './dom.js';
import { STATES } from './stages.js';

/**
 * Selects the state of the listed jobs. Uses radio buttons, so that arrow keys work.
 *
 * @param {function(string): void} onChoose receives a state; empty: all
 * @returns {HTMLElement}
 */
export function stateFilter(onChoose) {
  const option = (value, label) => {
    const id = `filter-${value || 'all'}`;
    return [
      h('input', { type: 'radio', name: 'filter', id, value, checked: value === '', class: 'visually-hidden', onchange: () => onChoose(value) }),
      h('label', { for: id }, label)];
  };
  return h('fieldset', { class: 'filter' }, h('legend', { class: 'visually-hidden' }, 'Show jobs in state'),
    ...option('', 'All'), ...Object.entries(STATES).flatMap(([value, label]) => option(value, label)));
}
