import { announce } from './announcer.js';
import { onUnauthorized } from './api.js';
import { setChildren, setText } from './dom.js';
import { homeView } from './home-view.js';
import { stateOf, withUpdate } from './job-state.js';
import { jobView } from './job-view.js';
import { followUpdates } from './live-updates.js';
import { operationsView } from './operations-view.js';
import { removeToken, token, tokenForm } from './token.js';
import { uploads } from './uploads.js';

const LIVE_LABELS = { connecting: 'Connecting', live: 'Live', reconnecting: 'Reconnecting', paused: 'Paused', locked: 'Signed out' };

const main = document.getElementById('main');
const signOut = document.getElementById('sign-out');
const shared = { uploads: uploads() };
let view = null;

function route() {
  const [, name, argument] = location.hash.match(/^#\/(jobs|operations)?\/?(.*)$/) ?? [];
  if (name === 'jobs' && argument) {
    return jobView({ ...shared, id: decoded(argument) });
  }
  return name === 'operations' ? operationsView() : homeView(shared);
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function show(focus) {
  view?.close();
  view = route();
  setChildren(main, view.node);
  signOut.hidden = !token();
  markCurrent('nav-home', !location.hash.startsWith('#/operations'));
  markCurrent('nav-operations', location.hash.startsWith('#/operations'));
  updateTitle();
  if (focus) {
    scrollTo(0, 0);
    main.querySelector('h1').focus();
  }
}

function markCurrent(id, current) {
  const link = document.getElementById(id);
  if (current) {
    link.setAttribute('aria-current', 'page');
  } else {
    link.removeAttribute('aria-current');
  }
}

function updateTitle() {
  document.title = `${main.querySelector('h1')?.textContent ?? view.title} · Sluice`;
}

function requestToken(problem) {
  if (main.querySelector('form[data-testid=token-form]')) {
    return;
  }
  view?.close();
  view = null;
  showLiveState('locked');
  setChildren(main, tokenForm(problem.message, () => { show(true); live.restart(); }));
  document.title = 'Sign in · Sluice';
  main.querySelector('input').focus();
}

function showLiveState(state) {
  const node = document.getElementById('live');
  node.dataset.state = state;
  setText(node, LIVE_LABELS[state]);
}

/** Announces the end of a job that is on the page or was uploaded from it. */
function announceEnd(update) {
  const shown = main.querySelector(`[data-job-id="${CSS.escape(update.job_id)}"]`);
  const name = shared.uploads.videoName(update.job_id) ?? shown?.querySelector('h1, .row-link')?.textContent;
  if (update.status === 'processing' || !name) {
    return;
  }
  announce({
    completed: `${name} is completed.`,
    cancelled: `${name} was cancelled.`,
    failed: `${name} failed: ${update.error_message ?? 'no error message'}`,
  }[stateOf(withUpdate({}, update))]);
}

window.addEventListener('hashchange', () => show(true));
document.getElementById('skip').addEventListener('click', (event) => {
  // The hash is the route and cannot be an anchor.
  event.preventDefault();
  main.focus();
});
signOut.addEventListener('click', () => {
  removeToken();
  show(true);
  live.restart();
});
onUnauthorized(requestToken);
main.addEventListener('title', updateTitle);
show(false);
const live = followUpdates({
  onUpdate: (update) => {
    shared.uploads.update(update);
    view?.update(update);
    announceEnd(update);
  },
  onReset: () => {
    shared.uploads.reset();
    view?.reset();
  },
  onState: showLiveState,
});
