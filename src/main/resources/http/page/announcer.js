import { h } from './dom.js';

const GATHER_MS = 800;
const STAYS_MS = 15_000;

let waiting = [];

/**
 * Tells people who do not see the page; what comes close together is said in one go.
 *
 * @param {string} sentence
 */
export function announce(sentence) {
  waiting.push(sentence);
  if (waiting.length === 1) {
    setTimeout(speak, GATHER_MS);
  }
}

function speak() {
  const line = h('p', {}, waiting.join(' '));
  waiting = [];
  document.getElementById('announcer').append(line);
  setTimeout(() => line.remove(), STAYS_MS);
}
