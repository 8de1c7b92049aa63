import { call } from './api.js';
import { h, setChildren, setText } from './dom.js';
import { jobRow } from './job-row.js';
import { stateOf, withUpdate } from './job-state.js';
import { noticeArea } from './notice.js';
import { STATES } from './stages.js';
import { stateFilter } from './state-filter.js';

const PAGE = 25;
const MAX_PAGE = 100;
const RELOAD_DELAY_MS = 600;

/**
 * The list of jobs, newest first.
 *
 * @returns {{node: HTMLElement, update: function(Object): void, reset: function(): void, close: function(): void}}
 */
export function jobList() {
  const rows = new Map();
  // Jobs with updates that are not on the loaded pages: one reload each, no more.
  const notListed = new Set();
  let state = '';
  let cursor = null;
  let abort = new AbortController();
  let timer = 0;

  const notice = noticeArea();
  const list = h('ul', { class: 'jobs', role: 'list', 'aria-labelledby': 'jobs-title' });
  const empty = h('p', { class: 'empty', role: 'status' });
  const more = h('button', { type: 'button', class: 'more', hidden: true, 'data-testid': 'load-more', onclick: loadMore }, 'Load more');
  const node = h('section', { 'aria-labelledby': 'jobs-title' },
    h('div', { class: 'section-head' }, h('h2', { id: 'jobs-title' }, 'Jobs'), stateFilter((chosen) => { state = chosen; reload(true); })),
    notice.node, list, empty, more);

  async function page(after, limit) {
    const query = new URLSearchParams({ limit, ...(state && { state }), ...(after && { cursor: after }) });
    const response = await call(`/jobs?${query}`, { signal: abort.signal });
    // During an update of the installation, a process of an earlier version ignores the parameter.
    return { ...response, jobs: response.jobs.filter((job) => !state || stateOf(job) === state) };
  }

  async function reload(reset = false) {
    abort.abort();
    abort = new AbortController();
    clearTimeout(timer);
    timer = 0;
    list.setAttribute('aria-busy', 'true');
    const requestedAt = performance.now();
    try {
      const shown = reset ? PAGE : Math.max(PAGE, rows.size);
      const jobs = [];
      let next = null;
      do {
        const response = await page(next, Math.min(MAX_PAGE, shown - jobs.length));
        jobs.push(...response.jobs);
        next = response.next_cursor;
      } while (next && jobs.length < shown);
      place(jobs, requestedAt, true);
      finish(next);
    } catch (problem) {
      failed(problem, () => reload(reset));
    }
  }

  async function loadMore() {
    more.disabled = true;
    const requestedAt = performance.now();
    try {
      const response = await page(cursor, PAGE);
      const added = place(response.jobs, requestedAt, false);
      finish(response.next_cursor);
      added?.querySelector('a').focus();
    } catch (problem) {
      failed(problem, loadMore);
    }
    more.disabled = false;
  }

  function place(jobs, requestedAt, replace) {
    const nodes = jobs.map((job) => {
      const row = rows.get(job.job_id) ?? jobRow(job);
      // An update received after the request is newer than the response.
      if (row.updatedAt() < requestedAt) {
        row.show(job);
      }
      rows.set(job.job_id, row);
      return row.node;
    });
    if (!replace) {
      list.append(...nodes);
    } else if (nodes.length !== list.childElementCount || nodes.some((row, at) => row !== list.children[at])) {
      // A row that is moved loses the focus.
      const focused = document.activeElement;
      setChildren(list, ...nodes);
      if (list.contains(focused)) {
        focused.focus();
      }
      const ids = new Set(jobs.map((job) => job.job_id));
      [...rows.keys()].filter((id) => !ids.has(id)).forEach((id) => rows.delete(id));
    }
    return nodes[0];
  }

  function finish(next) {
    cursor = next ?? null;
    more.hidden = cursor === null;
    list.removeAttribute('aria-busy');
    notice.clear();
    setText(empty, rows.size > 0 ? '' : state ? `No ${STATES[state].toLowerCase()} jobs.` : 'No jobs yet. Upload a video to create one.');
  }

  function failed(problem, retry) {
    if (problem.name !== 'AbortError') {
      list.removeAttribute('aria-busy');
      notice.show(problem, retry);
    }
  }

  return {
    node,
    reset: () => { notListed.clear(); reload(); },
    close: () => { abort.abort(); clearTimeout(timer); },
    update(update) {
      const row = rows.get(update.job_id);
      if (row) {
        row.update(update);
      } else if (!notListed.has(update.job_id) && (!state || state === stateOf(withUpdate({}, update)))) {
        notListed.add(update.job_id);
        timer ||= setTimeout(reload, RELOAD_DELAY_MS);
      }
    },
  };
}
