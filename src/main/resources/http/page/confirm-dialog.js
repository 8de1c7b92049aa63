import { h } from './dom.js';

/**
 * Asks for confirmation. The safe button has the focus.
 *
 * @param {{title: string, text: string, yes: string, no: string}} question
 * @returns {Promise<boolean>}
 */
export function confirmAction({ title, text, yes, no }) {
  return new Promise((resolve) => {
    const dialog = h('dialog', { 'aria-labelledby': 'confirm-title', 'aria-describedby': 'confirm-text' },
      h('h2', { id: 'confirm-title' }, title),
      h('p', { id: 'confirm-text' }, text),
      h('div', { class: 'buttons' },
        h('button', { type: 'button', autofocus: true, onclick: () => dialog.close('no') }, no),
        h('button', { type: 'button', class: 'danger', 'data-testid': 'confirm', onclick: () => dialog.close('yes') }, yes)));
    // Closing with Escape counts as no.
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'yes');
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
