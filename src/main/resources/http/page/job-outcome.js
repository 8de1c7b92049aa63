import { h, setChildren } from './dom.js';
import { adviceFor } from './failure-advice.js';
import { stateOf } from './job-state.js';
import { stepOf } from './stages.js';

/**
 * The error of a failed or cancelled job, and warnings about its source.
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
      const state = JSON.stringify([stateOf(job), job.current_step, job.error_code, job.error_message, job.trace_id, warnings]);
      if (state !== shownState) {
        shownState = state;
        setChildren(node, job.status === 'FAILED' && failure(job), warnings.length > 0 && warningList(warnings));
      }
    },
  };
}

function failure(job) {
  const { error_code: code, error_message: message, trace_id: trace } = job;
  const { text } = adviceFor(code);
  const kind = stateOf(job) === 'cancelled' ? 'cancelled' : 'failure';
  return h('section', { class: `notice ${kind}`, 'data-testid': 'error', 'aria-labelledby': 'error-title' },
    h('h2', { id: 'error-title' }, stepOf(job)),
    h('p', {}, message || 'No error message.'),
    text && h('p', { class: 'advice' }, text),
    code && h('p', { class: 'hint' }, 'Code ', h('code', {}, code)),
    trace && h('p', { class: 'hint' }, 'Trace ', h('code', {}, trace)));
}

function warningList(warnings) {
  return h('section', { class: 'notice', 'data-testid': 'warnings', 'aria-labelledby': 'warnings-title' },
    h('h2', { id: 'warnings-title' }, 'Warnings'),
    h('ul', {}, ...warnings.map((warning) => h('li', {}, warning))));
}
