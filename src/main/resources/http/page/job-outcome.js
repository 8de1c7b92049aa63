import { h, setChildren } from './dom.js';
import { adviceFor } from './failure-advice.js';
import { stepOf } from './stages.js';

/**
 * The error of a failed job, and warnings about its source.
 *
 * @returns {{node: HTMLElement, show: function(Object): void}} `show` takes the job
 */
export function jobOutcome() {
  const node = h('div', { class: 'outcome' });
  let shownState = '';
  return {
    node,
    show(job) {
      const warnings = job.warnings ?? job.metadata?.warnings ?? [];
      const state = JSON.stringify([job.status, job.current_step, job.error_code, job.error_message, warnings]);
      if (state !== shownState) {
        shownState = state;
        setChildren(node, job.status === 'FAILED' && failure(job), warnings.length > 0 && warningList(warnings));
      }
    },
  };
}

function failure(job) {
  const { error_code: code, error_message: message } = job;
  return h('section', { class: 'notice failure', 'data-testid': 'error', 'aria-labelledby': 'error-title' },
    h('h2', { id: 'error-title' }, code === 'cancelled' ? 'Cancelled' : stepOf(job)),
    h('p', {}, message || 'No error message.'),
    code && adviceFor(code) && h('p', { class: 'advice' }, adviceFor(code)),
    code && h('p', { class: 'hint' }, 'Code ', h('code', {}, code)));
}

function warningList(warnings) {
  return h('section', { class: 'notice', 'data-testid': 'warnings', 'aria-labelledby': 'warnings-title' },
    h('h2', { id: 'warnings-title' }, 'Warnings'),
    h('ul', {}, ...warnings.map((warning) => h('li', {}, warning))));
}
