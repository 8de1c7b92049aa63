import { announce } from './announcer.js';
import { call, pathSegment } from './api.js';
import { confirmAction } from './confirm-dialog.js';
import { h, setChildren } from './dom.js';

/**
 * What can be done to a job as it stands: Cancel while it runs, Retry when it failed.
 *
 * @param {string} id
 * @param {{onDone: function(): void, onProblem: function(Error): void}} handlers
 * @returns {{node: HTMLElement, show: function({status: string}): void}}
 */
export function jobActions(id, { onDone, onProblem }) {
  const retry = h('button', { type: 'button', class: 'primary', 'data-testid': 'retry', onclick: () => act('retry') }, 'Retry');
  const cancel = h('button', { type: 'button', 'data-testid': 'cancel', onclick: ask }, 'Cancel job');
  const node = h('div', { class: 'actions' });

  async function ask() {
    const sure = await confirmAction({
      title: 'Cancel this job?',
      text: 'It ends as failed, and what was made so far is dropped. You can retry it later.',
      yes: 'Cancel the job',
      no: 'Let it run',
    });
    if (sure) {
      await act('cancel');
    }
  }

  async function act(action) {
    const buttons = [retry, cancel];
    buttons.forEach((button) => { button.disabled = true; });
    try {
      const { message } = await call(`/jobs/${pathSegment(id)}/${action}`, { method: 'POST' });
      announce(message);
      onDone();
    } catch (problem) {
      onProblem(problem);
    }
    buttons.forEach((button) => { button.disabled = false; });
  }

  return {
    node,
    show({ status }) {
      const wanted = { FAILED: retry, PENDING: cancel, PROCESSING: cancel }[status];
      if (node.firstChild !== (wanted ?? null)) {
        const hadFocus = node.contains(document.activeElement);
        setChildren(node, wanted);
        if (hadFocus) {
          (wanted ?? document.querySelector('h1')).focus();
        }
      }
    },
  };
}
