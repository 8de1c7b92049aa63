import { h } from './dom.js';

const BATCH_MS = 800;
const VISIBLE_MS = 15_000;

let pending = [];

/**
 * Announces a message to screen readers. Messages within 0.8 s are announced together.
 *
 * @param {string} message
 */
export function announce(message) {
  pending.push(message);
  if (pending.length === 1) {
    setTimeout(flush, BATCH_MS);
  }
}

function flush() {
  const line = h('p', {}, pending.join(' '));
  pending = [];
  document.getElementById('announcer').append(line);
  setTimeout(() => line.remove(), VISIBLE_MS);
}
