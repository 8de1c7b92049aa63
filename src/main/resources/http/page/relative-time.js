import { h, setText } from './dom.js';
import { dateTime, timeAgo } from './format.js';

const REFRESH_MS = 20_000;

/**
 * A time as `3 minutes ago`, updated while it is shown, with the exact time as its title.
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
