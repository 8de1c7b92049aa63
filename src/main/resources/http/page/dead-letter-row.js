import { call, pathSegment } from './api.js';
import { confirmAction } from './confirm-dialog.js';
import { h, setChildren } from './dom.js';
import { bytes, countOf } from './format.js';
import { relativeTime } from './relative-time.js';
import { stageName } from './stages.js';

/**
 * A dead letter with its error, its content and its actions.
 *
 * @param {Object} letter
 * @param {{onDone: function(string): void, onProblem: function(Error): void}} handlers `onDone` takes the message of the API
 * @returns {HTMLElement}
 */
export function deadLetterRow(letter, { onDone, onProblem }) {
  const origin = letter.stage ? stageName(letter.stage) : letter.queue ?? 'Unknown queue';
  const name = `${origin}, ${letter.job ? `job ${letter.job}` : `dead letter ${letter.id}`}`;
  const content = h('div', { class: 'dead-letter-content' });
  const details = h('details', { ontoggle: () => details.open && load() },
    h('summary', { 'aria-label': `Headers and body: ${name}` }, 'Headers and body'), content);
  const buttons = [
    h('button', { type: 'button', 'data-testid': 'replay', 'aria-label': `Replay: ${name}`, onclick: () => act('POST', '/replay') }, 'Replay'),
    h('button', { type: 'button', class: 'quiet bad', 'data-testid': 'discard', 'aria-label': `Discard: ${name}`, onclick: discard }, 'Discard'),
  ];

  async function load() {
    try {
      const { headers, body } = await call(`/dead-letters/${pathSegment(letter.id)}`);
      setChildren(content,
        h('h4', {}, 'Headers'), block(JSON.stringify(headers, null, 2), 'Headers'),
        h('h4', {}, 'Body'), block(pretty(body), 'Body'));
    } catch (problem) {
      setChildren(content, h('p', { role: 'alert' }, problem.message));
    }
  }

  async function discard() {
    const confirmed = await confirmAction({
      title: 'Discard this dead letter?',
      text: 'It is permanently deleted and cannot be replayed.',
      yes: 'Discard',
      no: 'Keep',
    });
    if (confirmed) {
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

  return h('li', { class: 'dead-letter', 'data-testid': 'dead-letter-row', 'data-dead-letter-id': letter.id },
    h('div', { class: 'dead-letter-head' },
      h('h3', {}, origin),
      letter.errorCode && h('code', {}, letter.errorCode),
      letter.at && h('span', { class: 'hint' }, relativeTime(letter.at))),
    h('p', { class: 'dead-letter-error' }, letter.error ?? 'No error message.'),
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
