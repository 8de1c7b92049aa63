import { h, setChildren } from './dom.js';
import { adviceFor } from './failure-advice.js';
import { stepOf } from './stages.js';

/**
 * Why a job failed, and what was odd about its source.
 *
 * @returns {{node: HTMLElement, show: function(Object): void}} `show` takes the job
 */
export function jobOutcome() {
  const node = h('div', { class: 'outcome' });
  let shown = '';
  return {
    node,
    show(job) {
      const warnings = job.warnings ?? job.metadata?.warnings ?? [];
      const now = JSON.stringify([job.status, job.current_step, job.error_code, job.error_message, warnings]);
      if (now !== shown) {
        shown = now;
        setChildren(node, job.status === 'FAILED' && failure(job), warnings.length > 0 && notes(warnings));
      }
    },
  };
}

function failure(job) {
  const { error_code: code, error_message: message } = job;
  return h('section', { class: 'notice failure', 'data-testid': 'error', 'aria-labelledby': 'error-title' },
    h('h2', { id: 'error-title' }, code === 'cancelled' ? 'Cancelled' : stepOf(job)),
    h('p', {}, message || 'No reason was given.'),
    code && adviceFor(code) && h('p', { class: 'advice' }, adviceFor(code)),
    code && h('p', { class: 'hint' }, 'Code ', h('code', {}, code)));
}

function notes(warnings) {
  return h('section', { class: 'notice', 'data-testid': 'warnings', 'aria-labelledby': 'warnings-title' },
    h('h2', { id: 'warnings-title' }, 'Worth knowing'),
    h('ul', {}, ...warnings.map((warning) => h('li', {}, warning))));
}
