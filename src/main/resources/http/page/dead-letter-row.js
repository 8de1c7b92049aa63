import { call, pathSegment } from './api.js';
import { confirmAction } from './confirm-dialog.js';
import { h, setChildren } from './dom.js';
import { bytes, countOf } from './format.js';
import { relativeTime } from './relative-time.js';
import { stageName } from './run-timeline.js';

/**
 * A dead letter: why it is dead, what is in it, and what can be done with it.
 *
 * @param {Object} letter
 * @param {{onDone: function(string): void, onProblem: function(Error): void}} handlers `onDone` takes what the API said
 * @returns {HTMLElement}
 */
export function deadLetterRow(letter, { onDone, onProblem }) {
  const about = letter.stage ? stageName(letter.stage) : letter.queue ?? 'Unknown queue';
  const name = `${about}, ${letter.job ? `job ${letter.job}` : `letter ${letter.id}`}`;
  const inside = h('div', { class: 'letter-inside' });
  const details = h('details', { ontoggle: () => details.open && look() },
    h('summary', { 'aria-label': `Headers and body: ${name}` }, 'Headers and body'), inside);
  const buttons = [
    h('button', { type: 'button', 'data-testid': 'replay', 'aria-label': `Replay: ${name}`, onclick: () => act('POST', '/replay') }, 'Replay'),
    h('button', { type: 'button', class: 'quiet bad', 'data-testid': 'drop', 'aria-label': `Drop: ${name}`, onclick: drop }, 'Drop'),
  ];

  async function look() {
    try {
      const { headers, body } = await call(`/dead-letters/${pathSegment(letter.id)}`);
      setChildren(inside,
        h('h4', {}, 'Headers'), block(JSON.stringify(headers, null, 2), 'Headers'),
        h('h4', {}, 'Body'), block(pretty(body), 'Body'));
    } catch (problem) {
      setChildren(inside, h('p', { role: 'alert' }, problem.message));
    }
  }

  async function drop() {
    const sure = await confirmAction({
      title: 'Drop this letter?',
      text: 'It is gone for good and cannot be replayed afterwards.',
      yes: 'Drop it',
      no: 'Keep it',
    });
    if (sure) {
      await act('DELETE', '');
    }
  }

  async function act(method, action) {
    buttons.forEach((button) => { button.disabled = true; });
    try {
      onDone((await call(`/dead-letters/${pathSegment(letter.id)}${action}`, { method })).message);
    } catch (problem) {
      buttons.forEach((button) => { button.disabled = false; });
      onProblem(problem);
    }
  }

  return h('li', { class: 'letter', 'data-testid': 'letter-row', 'data-letter-id': letter.id },
    h('div', { class: 'letter-head' },
      h('h3', {}, about),
      letter.errorCode && h('code', {}, letter.errorCode),
      letter.at && h('span', { class: 'hint' }, relativeTime(letter.at))),
    h('p', { class: 'letter-error' }, letter.error ?? 'It does not say why it is here.'),
    h('p', { class: 'hint' },
      letter.job && h('a', { href: `#/jobs/${pathSegment(letter.job)}` }, `Job ${letter.job}`),
      letter.job && ' · ',
      [letter.attempts > 0 && countOf(letter.attempts, 'attempt'), letter.queue && `from ${letter.queue}`, bytes(letter.bytes ?? 0)].filter(Boolean).join(' · ')),
    details,
    h('div', { class: 'row-buttons' }, ...buttons));
}

function block(text, label) {
  return h('pre', { tabindex: '0', role: 'region', 'aria-label': label }, text);
}

function pretty(body) {
  try {
    return JSON.stringify(JSON.parse(body), null, 2);
  } catch {
    return body;
  }
}
