import { announce } from './announcer.js';
import { call, pathSegment } from './api.js';
import { confirmAction } from './confirm-dialog.js';
import { h, setChildren } from './dom.js';

/**
 * The actions on a job: Cancel while it is in progress, Retry if it failed.
 *
 * @param {string} id
 * @param {{onDone: function(): void, onProblem: function(Error): void}} handlers
 * @returns {{node: HTMLElement, show: function({status: string}): void}}
 */
export function jobActions(id, { onDone, onProblem }) {
  const retry = h('button', { type: 'button', class: 'primary', 'data-testid': 'retry', onclick: () => act('retry') }, 'Retry');
  const cancel = h('button', { type: 'button', 'data-testid': 'cancel', onclick: confirmCancel }, 'Cancel job');
  const node = h('div', { class: 'actions' });

  async function confirmCancel() {
    const confirmed = await confirmAction({
      title: 'Cancel this job?',
      text: 'Its status becomes Failed, and its partial results are deleted. You can retry it later.',
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
    show({ status }) {
      const button = { FAILED: retry, PENDING: cancel, PROCESSING: cancel }[status];
      if (node.firstChild !== (button ?? null)) {
        const hadFocus = node.contains(document.activeElement);
        setChildren(node, button);
        if (hadFocus) {
          (button ?? document.querySelector('h1')).focus();
        }
      }
    },
  };
}
