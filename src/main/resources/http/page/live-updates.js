import { open } from './api.js';
import { eventParser } from './sse.js';

const MIN_RETRY_MS = 1_000;
const MAX_RETRY_MS = 30_000;
// A connection that was cut off by a suspended computer or a dead network does not end otherwise.
const IDLE_TIMEOUT_MS = 90_000;
// A browser opens at most six connections to a host for all tabs: a hidden tab closes its connection.
const HIDDEN_TIMEOUT_MS = 60_000;
// While the stream is unavailable the state is polled.
const POLL_MS = 10_000;

/**
 * Receives the updates of all jobs.
 *
 * @param {{onUpdate: function(Object): void, onReset: function(): void, onState: function(string): void}} handlers
 *     `onReset`: updates may have been missed; states are connecting, live, reconnecting and paused
 * @returns {{restart: function(): void, stop: function(): void}}
 */
export function followUpdates({ onUpdate, onReset, onState }) {
  let lastId = '';
  let failures = 0;
  let abort = new AbortController();
  let timer = 0;
  let poll = 0;

  async function connect() {
    const current = abort = new AbortController();
    clearTimeout(timer);
    try {
      await read(current);
    } catch (failure) {
      if (failure.status === 401) {
        clearInterval(poll);
        return;
      }
    }
    if (current === abort && !current.signal.aborted) {
      retryLater();
    }
  }

  async function read(current) {
    let idleTimer = 0;
    const restartIdleTimer = () => {
      clearTimeout(idleTimer);
      idleTimer = setTimeout(() => { current.abort(); connect(); }, IDLE_TIMEOUT_MS);
    };
    try {
      restartIdleTimer();
      const headers = { Accept: 'text/event-stream', ...(lastId && { 'Last-Event-ID': lastId }) };
      const response = await open('/events', { headers, signal: current.signal });
      onConnected();
      const parser = eventParser(onEvent);
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      for (let next = await reader.read(); !next.done; next = await reader.read()) {
        restartIdleTimer();
        parser.push(next.value);
      }
    } finally {
      clearTimeout(idleTimer);
    }
  }

  function onConnected() {
    failures = 0;
    clearInterval(poll);
    onState('live');
    if (!lastId) {
      onReset();
    }
  }

  function onEvent({ type, data, id }) {
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
    const wait = Math.min(MAX_RETRY_MS, MIN_RETRY_MS * 2 ** failures++);
    // With jitter, so that clients do not reconnect at the same time after a restart.
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
      hidden = setTimeout(() => { stop(); onState('paused'); }, HIDDEN_TIMEOUT_MS);
    } else if (abort.signal.aborted) {
      restart();
    }
  });
  window.addEventListener('online', restart);
  connect();
  return { restart, stop };
}
