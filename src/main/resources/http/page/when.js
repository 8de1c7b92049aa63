import { ago, moment } from './format.js';
import { h, say } from './dom.js';

const REFRESH_MS = 20_000;

/**
 * A time as `3 minutes ago` that stays true while it stands on the page, and says the exact time when asked.
 *
 * @param {string|undefined} iso
 * @returns {HTMLElement}
 */
export function when(iso) {
  return iso ? h('time', { datetime: iso, title: moment(iso) }, ago(iso)) : h('span', {}, '–');
}

setInterval(() => {
  document.querySelectorAll('time[datetime]').forEach((time) => say(time, ago(time.dateTime)));
}, REFRESH_MS);
