import { announce } from './announcer.js';
import { call } from './api.js';
import { deadLetterList } from './dead-letter-list.js';
import { h, setChildren } from './dom.js';
import { noticeArea } from './notice.js';
import { queueTable } from './queue-table.js';
import { stageTable } from './stage-table.js';
import { workerTable } from './worker-table.js';

const POLL_MS = 5_000;

/**
 * The view for administrators: queues, stages, workers, dead letters.
 *
 * @returns {{node: HTMLElement, title: string, update: function(): void, reset: function(): void, close: function(): void}}
 */
export function operationsView() {
  const notice = noticeArea();
  const handlers = { onDone: done, onProblem: (problem) => notice.show(problem, start) };
  const parts = { queues: queueTable(), stages: stageTable(handlers), workers: workerTable(handlers), deadLetters: deadLetterList() };
  const body = h('div', { class: 'operations', hidden: true },
    h('section', { 'aria-labelledby': 'queues-title' }, h('div', { class: 'section-head' }, h('h2', { id: 'queues-title' }, 'Queues')), parts.queues.node),
    h('section', { 'aria-labelledby': 'stages-title' }, h('div', { class: 'section-head' }, h('h2', { id: 'stages-title' }, 'Stages')), parts.stages.node),
    h('section', { 'aria-labelledby': 'workers-title' }, h('div', { class: 'section-head' }, h('h2', { id: 'workers-title' }, 'Workers')), parts.workers.node),
    parts.deadLetters.node);
  const node = h('div', { class: 'view' }, h('h1', { tabindex: '-1' }, 'Operations'), notice.node, body);
  let timer = 0;
  let closed = false;

  async function load() {
    const [{ queues }, stages, { hosts }] = await Promise.all([call('/queues'), call('/stages'), call('/hosts')]);
    parts.queues.show(queues);
    parts.stages.show(stages);
    parts.workers.show(hosts);
    notice.clear();
    body.hidden = false;
  }

  async function done(message) {
    announce(message);
    await load().catch(failed);
  }

  async function poll() {
    if (!document.hidden) {
      await load().catch(failed);
    }
    if (!closed) {
      timer = setTimeout(poll, POLL_MS);
    }
  }

  async function start() {
    try {
      await Promise.all([load(), parts.deadLetters.load()]);
      timer ||= setTimeout(poll, POLL_MS);
    } catch (problem) {
      failed(problem);
    }
  }

  function failed(problem) {
    if (problem.status === 403) {
      closed = true;
      setChildren(node, node.querySelector('h1'), h('div', { class: 'notice', 'data-testid': 'error', role: 'alert' },
        h('p', {}, 'Administrator role required. '), h('p', { class: 'hint' }, problem.message)));
    } else if (problem.status !== 401) {
      notice.show(problem, start);
    }
  }

  start();
  return {
    node,
    title: 'Operations',
    update: () => {},
    reset: () => {},
    close: () => { closed = true; clearTimeout(timer); },
  };
}
