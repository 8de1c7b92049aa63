import { announce } from './announcer.js';
import { call } from './api.js';
import { deadLetterRow } from './dead-letter-row.js';
import { h, setChildren, setText } from './dom.js';
import { noticeArea } from './notice.js';

/**
 * The dead letters, loaded on request only: listing takes each message from its queue and returns it.
 *
 * @returns {{node: HTMLElement, load: function(): Promise<void>}} `load` rejects with the problem
 */
export function deadLetterList() {
  const notice = noticeArea();
  const list = h('ul', { class: 'dead-letters', role: 'list', 'aria-labelledby': 'dead-letters-title' });
  const empty = h('p', { class: 'empty' });
  const title = h('h2', { id: 'dead-letters-title', tabindex: '-1' }, 'Dead letters');
  const refresh = h('button', { type: 'button', class: 'quiet', onclick: reload }, 'Refresh');
  const node = h('section', {}, h('div', { class: 'section-head' }, title, refresh), notice.node, list, empty);

  async function load() {
    const { letters, more } = await call('/dead-letters');
    notice.clear();
    setChildren(list, ...letters.map((letter) => deadLetterRow(letter, { onDone: done, onProblem: (problem) => notice.show(problem) })));
    setText(empty, letters.length === 0 ? 'No dead letters.' : more ? 'Only the first dead letters are shown.' : '');
  }

  function reload() {
    return load().catch((problem) => notice.show(problem, reload));
  }

  async function done(message) {
    announce(message);
    await reload();
    // The pressed button no longer exists.
    title.focus();
  }

  return { node, load };
}
