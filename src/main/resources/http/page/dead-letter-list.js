import { announce } from './announcer.js';
import { call } from './api.js';
import { deadLetterRow } from './dead-letter-row.js';
import { h, setChildren, setText } from './dom.js';
import { noticeArea } from './notice.js';

/**
 * The dead letters. They are looked at when asked for and not by the clock: a look takes each from its queue and puts it back.
 *
 * @returns {{node: HTMLElement, load: function(): Promise<void>}} `load` fails with the problem
 */
export function deadLetterList() {
  const notice = noticeArea();
  const list = h('ul', { class: 'letters', role: 'list', 'aria-labelledby': 'letters-title' });
  const empty = h('p', { class: 'empty' });
  const title = h('h2', { id: 'letters-title', tabindex: '-1' }, 'Dead letters');
  const refresh = h('button', { type: 'button', class: 'quiet', onclick: reload }, 'Look again');
  const node = h('section', {}, h('div', { class: 'section-head' }, title, refresh), notice.node, list, empty);

  async function load() {
    const { letters: all, more } = await call('/dead-letters');
    notice.clear();
    setChildren(list, ...all.map((letter) => deadLetterRow(letter, { onDone: done, onProblem: (problem) => notice.show(problem) })));
    setText(empty, all.length === 0 ? 'None. Every message found its way.' : more ? 'There are more than are shown here.' : '');
  }

  function reload() {
    return load().catch((problem) => notice.show(problem, reload));
  }

  async function done(message) {
    announce(message);
    await reload();
    // The button that was pressed is gone.
    title.focus();
  }

  return { node, load };
}
