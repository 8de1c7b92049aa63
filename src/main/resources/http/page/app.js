import { announce } from './announcer.js';
import { onUnauthorized } from './api.js';
import { setChildren, setText } from './dom.js';
import { homeView } from './home-view.js';
import { jobView } from './job-view.js';
import { followUpdates } from './live-updates.js';
import { operationsView } from './operations-view.js';
import { forgetToken, token, tokenForm } from './token.js';
import { uploads } from './uploads.js';

const LIVE_WORDS = { connecting: 'Connecting', live: 'Live', reconnecting: 'Reconnecting', paused: 'Paused', locked: 'Signed out' };

const main = document.getElementById('main');
const forget = document.getElementById('forget');
const shared = { uploads: uploads() };
let view = null;

function route() {
  const [, name, argument] = location.hash.match(/^#\/(jobs|operation)?\/?(.*)$/) ?? [];
  if (name === 'jobs' && argument) {
    return jobView({ ...shared, id: decoded(argument) });
  }
  return name === 'operation' ? operationsView() : homeView(shared);
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
  forget.hidden = !token();
  mark('nav-home', !location.hash.startsWith('#/operation'));
  mark('nav-operation', location.hash.startsWith('#/operation'));
  entitle();
  if (focus) {
    scrollTo(0, 0);
    main.querySelector('h1').focus();
  }
}

function mark(id, current) {
  const link = document.getElementById(id);
  if (current) {
    link.setAttribute('aria-current', 'page');
  } else {
    link.removeAttribute('aria-current');
  }
}

function entitle() {
  document.title = `${main.querySelector('h1')?.textContent ?? view.title} · Sluice`;
}

function ask(problem) {
  if (main.querySelector('form[data-testid=token-form]')) {
    return;
  }
  view?.close();
  view = null;
  liveState('locked');
  setChildren(main, tokenForm(problem.message, () => { show(true); live.restart(); }));
  document.title = 'Sign in · Sluice';
  main.querySelector('input').focus();
}

function liveState(state) {
  const node = document.getElementById('live');
  node.dataset.state = state;
  setText(node, LIVE_WORDS[state]);
}

function tell(news) {
  // Of all others nobody here has asked to hear.
  const shown = main.querySelector(`[data-job-id="${CSS.escape(news.job_id)}"]`);
  const name = shared.uploads.videoName(news.job_id) ?? shown?.querySelector('h1, .row-link')?.textContent;
  if (news.status === 'processing' || !name) {
    return;
  }
  announce(news.status === 'completed' ? `${name} is done.` : `${name} failed: ${news.error_message ?? 'no reason given'}`);
}

window.addEventListener('hashchange', () => show(true));
document.getElementById('skip').addEventListener('click', (event) => {
  // The hash is the route; it is not free for a place on the page.
  event.preventDefault();
  main.focus();
});
forget.addEventListener('click', () => {
  forgetToken();
  show(true);
  live.restart();
});
onUnauthorized(ask);
main.addEventListener('title', entitle);
show(false);
const live = followUpdates({
  onUpdate: (news) => {
    shared.uploads.update(news);
    view?.update(news);
    tell(news);
  },
  onReset: () => {
    shared.uploads.reset();
    view?.reset();
  },
  onState: liveState,
});
