import { call } from './api.js';
import { deadLetterList } from './dead-letter-list.js';
import { h, setChildren } from './dom.js';
import { noticeArea } from './notice.js';
import { queueTable } from './queue-table.js';
import { workerTable } from './worker-table.js';

const LOOK_MS = 5_000;

/**
 * What admins see: queues, hosts, dead letters.
 *
 * @returns {{node: HTMLElement, title: string, update: function(): void, reset: function(): void, close: function(): void}}
 */
export function operationsView() {
  const notice = noticeArea();
  const parts = { queues: queueTable(), hosts: workerTable(), letters: deadLetterList() };
  const body = h('div', { class: 'operation', hidden: true },
    h('section', { 'aria-labelledby': 'queues-title' }, h('div', { class: 'section-head' }, h('h2', { id: 'queues-title' }, 'Queues')), parts.queues.node),
    h('section', { 'aria-labelledby': 'hosts-title' }, h('div', { class: 'section-head' }, h('h2', { id: 'hosts-title' }, 'Hosts')), parts.hosts.node),
    parts.letters.node);
  const node = h('div', { class: 'view' }, h('h1', { tabindex: '-1' }, 'Operation'), notice.node, body);
  let timer = 0;
  let closed = false;

  async function look() {
    const [all, busy] = await Promise.all([call('/queues'), call('/hosts')]);
    parts.queues.show(all.queues);
    parts.hosts.show(busy.hosts);
    notice.clear();
    body.hidden = false;
  }

  async function again() {
    if (!document.hidden) {
      await look().catch(failed);
    }
    if (!closed) {
      timer = setTimeout(again, LOOK_MS);
    }
  }

  async function begin() {
    try {
      await Promise.all([look(), parts.letters.load()]);
      timer ||= setTimeout(again, LOOK_MS);
    } catch (problem) {
      failed(problem);
    }
  }

  function failed(problem) {
    if (problem.status === 403) {
      closed = true;
      setChildren(node, node.querySelector('h1'), h('div', { class: 'notice', 'data-testid': 'error', role: 'alert' },
        h('p', {}, 'This part is for admins. '), h('p', { class: 'hint' }, problem.message)));
    } else if (problem.status !== 401) {
      notice.show(problem, begin);
    }
  }

  begin();
  return {
    node,
    title: 'Operation',
    update: () => {},
    reset: () => {},
    close: () => { closed = true; clearTimeout(timer); },
  };
}
