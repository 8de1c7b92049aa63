import { announce } from './announcer.js';
import { call, pathSegment } from './api.js';
import { confirmAction } from './confirm-dialog.js';
import { h, setChildren } from './dom.js';
import { adviceFor } from './failure-advice.js';
import { stateOf } from './job-state.js';

/**
 * The actions on a job: Cancel while it is in progress, otherwise what the advice on its error recommends, and Retry.
 *
 * @param {string} id
 * @param {{onDone: function(): void, onUpload: function(): void, onProblem: function(Error): void}} handlers `onUpload` opens the
 *     file dialog
 * @returns {{node: HTMLElement, show: function(Object): void}} `show` takes the job
 */
export function jobActions(id, { onDone, onUpload, onProblem }) {
  const upload = h('button', { type: 'button', class: 'primary', 'data-testid': 'upload-again', onclick: onUpload }, 'Upload again');
  const retry = h('button', { type: 'button', 'data-testid': 'retry', onclick: () => act('retry') }, 'Retry');
  const cancel = h('button', { type: 'button', 'data-testid': 'cancel', onclick: confirmCancel }, 'Cancel job');
  const node = h('div', { class: 'actions' });

  async function confirmCancel() {
    const confirmed = await confirmAction({
      title: 'Cancel this job?',
      text: 'Its partial results are deleted. You can retry it later.',
      yes: 'Cancel job',
      no: 'Keep running',
    });
    if (confirmed) {
      await act('cancel');
    }
  }

  async function act(action) {
    const buttons = [retry, cancel];
    buttons.forEach((each) => { each.disabled = true; });
    try {
      const { message } = await call(`/jobs/${pathSegment(id)}/${action}`, { method: 'POST' });
      announce(message);
      onDone();
    } catch (problem) {
      onProblem(problem);
    }
    buttons.forEach((each) => { each.disabled = false; });
  }

  return {
    node,
    show(job) {
      const { action } = adviceFor(job.error_code);
      const failed = action === 'upload' ? [retry, upload] : [retry];
      const shown = { waiting: [cancel], running: [cancel], failed, cancelled: failed }[stateOf(job)] ?? [];
      retry.classList.toggle('primary', action === 'retry');
      if (shown.length !== node.childElementCount || shown.some((button, at) => button !== node.children[at])) {
        const hadFocus = node.contains(document.activeElement);
        setChildren(node, ...shown);
        if (hadFocus) {
          (shown.at(-1) ?? document.querySelector('h1')).focus();
        }
      }
    },
  };
}
