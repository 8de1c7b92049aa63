import { open } from './api.js';
import { eventParser } from './sse.js';

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
// A connection that a sleeping laptop or a dead network left behind never ends by itself.
const SILENCE_MS = 90_000;
// A browser has six connections to a host for all of its tabs: one that nobody looks at gives its own back.
const HIDDEN_MS = 60_000;
// Without the stream the page still moves, if slowly.
const POLL_MS = 10_000;

/**
 * Follows the news of all jobs, for as long as the page is there.
 *
 * @param {{onUpdate: function(Object): void, onReset: function(): void, onState: function(string): void}} handlers
 *     `onReset`: something may have been missed; states are connecting, live, reconnecting and paused
 * @returns {{restart: function(): void, stop: function(): void}}
 */
export function followUpdates({ onUpdate, onReset, onState }) {
  let lastId = '';
  let failures = 0;
  let abort = new AbortController();
  let timer = 0;
  let poll = 0;

  async function connect() {
    const mine = abort = new AbortController();
    clearTimeout(timer);
    try {
      await read(mine);
    } catch (failure) {
      if (failure.status === 401) {
        clearInterval(poll);
        return;
      }
    }
    if (mine === abort && !mine.signal.aborted) {
      retryLater();
    }
  }

  async function read(mine) {
    let silence = 0;
    const heard = () => {
      clearTimeout(silence);
      silence = setTimeout(() => { mine.abort(); connect(); }, SILENCE_MS);
    };
    try {
      heard();
      const headers = { Accept: 'text/event-stream', ...(lastId && { 'Last-Event-ID': lastId }) };
      const response = await open('/events', { headers, signal: mine.signal });
      live();
      const parser = eventParser(event);
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        heard();
        parser.push(next.value);
      }
    } finally {
      clearTimeout(silence);
    }
  }

  function live() {
    failures = 0;
    clearInterval(poll);
    onState('live');
    if (!lastId) {
      onReset();
    }
  }

  function event({ type, data, id }) {
    lastId = id || lastId;
    if (type === 'reset') {
      onReset();
    } else if (type === 'update') {
      onUpdate(JSON.parse(data));
    }
  }

  function retryLater() {
    onState('reconnecting');
    clearInterval(poll);
    poll = setInterval(onReset, POLL_MS);
    const wait = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** failures++);
    // Not all pages at once, when a server comes back.
    timer = setTimeout(connect, wait * (0.5 + Math.random() / 2));
  }

  function stop() {
    abort.abort();
    clearTimeout(timer);
    clearInterval(poll);
  }

  function restart() {
    stop();
    failures = 0;
    connect();
  }

  let hidden = 0;
  document.addEventListener('visibilitychange', () => {
    clearTimeout(hidden);
    if (document.hidden) {
      hidden = setTimeout(() => { stop(); onState('paused'); }, HIDDEN_MS);
    } else if (abort.signal.aborted) {
      restart();
    }
  });
  window.addEventListener('online', restart);
  connect();
  return { restart, stop };
}
