import { h, setText } from './dom.js';
import { bytes } from './format.js';
import { deleteUpload, queryUpload } from './tus.js';

/**
 * An upload that was interrupted, by a reload for example. A page cannot open the file again without the user.
 *
 * @param {{id: string, name: string, size: number}} stored
 * @param {{onChoose: function(): void, onRemove: function(): void}} handlers `onRemove`: discarded, or not continuable
 * @returns {{node: HTMLElement, show: function(): Promise<void>}} `show` queries the offset
 */
export function interruptedRow({ id, name, size }, { onChoose, onRemove }) {
  const fill = h('div', { class: 'bar-fill' });
  const bar = h('div', {
    class: 'bar sending', role: 'progressbar', 'aria-label': `Upload of ${name}`, 'aria-valuemin': 0, 'aria-valuemax': 100, 'aria-valuenow': 0,
  }, fill);
  const note = h('span', { class: 'note' }, 'Interrupted');
  const discard = () => {
    deleteUpload(id);
    onRemove();
  };
  const node = h('li', { class: 'upload', 'data-testid': 'interrupted-row', 'data-state': 'paused' },
    h('div', { class: 'upload-head' },
      h('span', { class: 'name' }, name),
      h('span', { class: 'size' }, bytes(size)),
      h('span', { class: 'row-buttons' },
        h('button', { type: 'button', 'aria-label': `Choose file: ${name}`, onclick: onChoose }, 'Choose file'),
        h('button', { type: 'button', class: 'quiet', 'aria-label': `Discard: ${name}`, onclick: discard }, 'Discard'))),
    h('div', { class: 'meter' }, bar), note);

  return {
    node,
    async show() {
      try {
        const { offset, job } = await queryUpload(id);
        const percent = Math.floor((offset / size) * 100);
        bar.setAttribute('aria-valuenow', percent);
        fill.style.transform = `translateX(${percent - 100}%)`;
        setText(note, `Interrupted at ${percent}%. Choose the same file again to continue.`);
        if (job) {
          onRemove();
        }
      } catch (problem) {
        if ([403, 404, 410].includes(problem.status)) {
          onRemove();
        }
      }
    },
  };
}
