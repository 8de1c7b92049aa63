import { h, setText } from './dom.js';
import { dateTime, timeAgo } from './format.js';

const REFRESH_MS = 20_000;

/**
 * A time as `3 minutes ago` that stays true while it stands on the page, and says the exact time when asked.
 *
 * @param {string|undefined} iso
 * @returns {HTMLElement}
 */
export function relativeTime(iso) {
  return iso ? h('time', { datetime: iso, title: dateTime(iso) }, timeAgo(iso)) : h('span', {}, '–');
}

setInterval(() => {
  document.querySelectorAll('time[datetime]').forEach((time) => setText(time, timeAgo(time.dateTime)));
}, REFRESH_MS);
