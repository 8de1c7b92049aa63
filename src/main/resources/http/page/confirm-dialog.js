import { h } from './dom.js';

/**
 * Asks before something that cannot be taken back. The safe answer has the focus.
 *
 * @param {{title: string, text: string, yes: string, no: string}} question
 * @returns {Promise<boolean>}
 */
export function confirmAction({ title, text, yes, no }) {
  return new Promise((resolve) => {
    const dialog = h('dialog', { 'aria-labelledby': 'ask-title', 'aria-describedby': 'ask-text' },
      h('h2', { id: 'ask-title' }, title),
      h('p', { id: 'ask-text' }, text),
      h('div', { class: 'buttons' },
        h('button', { type: 'button', autofocus: true, onclick: () => dialog.close('no') }, no),
        h('button', { type: 'button', class: 'danger', 'data-testid': 'confirm', onclick: () => dialog.close('yes') }, yes)));
    // However it is closed, by Escape as well: only a yes is one.
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
