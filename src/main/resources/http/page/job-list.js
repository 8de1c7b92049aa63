import { call } from './api.js';
import { h, setChildren, setText } from './dom.js';
import { jobRow } from './job-row.js';
import { noticeArea } from './notice.js';
import { STATUS } from './stages.js';
import { statusFilter } from './status-filter.js';

const PAGE = 25;
const MOST_AT_ONCE = 100;
const UNKNOWN_WAIT_MS = 600;

/**
 * The list of jobs, the newest first.
 *
 * @returns {{node: HTMLElement, update: function(Object): void, reset: function(): void, close: function(): void}}
 */
export function jobList() {
  const rows = new Map();
  // Jobs of whom there is news, but who are not on the pages shown: asking again would not bring them.
  const elsewhere = new Set();
  let status = '';
  let cursor = null;
  let abort = new AbortController();
  let timer = 0;

  const notice = noticeArea();
  const list = h('ul', { class: 'jobs', role: 'list', 'aria-labelledby': 'jobs-title' });
  const empty = h('p', { class: 'empty', role: 'status' });
  const more = h('button', { type: 'button', class: 'more', hidden: true, 'data-testid': 'load-more', onclick: loadMore }, 'Load more');
  const node = h('section', { 'aria-labelledby': 'jobs-title' },
    h('div', { class: 'section-head' }, h('h2', { id: 'jobs-title' }, 'Jobs'), statusFilter((chosen) => { status = chosen; reload(true); })),
    notice.node, list, empty, more);

  async function page(after, limit) {
    const query = new URLSearchParams({ limit, ...(status && { status }), ...(after && { cursor: after }) });
    return call(`/jobs?${query}`, { signal: abort.signal });
  }

  async function reload(anew = false) {
    abort.abort();
    abort = new AbortController();
    clearTimeout(timer);
    timer = 0;
    list.setAttribute('aria-busy', 'true');
    const asked = performance.now();
    try {
      const shown = anew ? PAGE : Math.max(PAGE, rows.size);
      const jobs = [];
      let next = null;
      do {
        const got = await page(next, Math.min(MOST_AT_ONCE, shown - jobs.length));
        jobs.push(...got.jobs);
        next = got.next_cursor;
      } while (next && jobs.length < shown);
      place(jobs, asked, true);
      finish(next);
    } catch (problem) {
      failed(problem, () => reload(anew));
    }
  }

  async function loadMore() {
    more.disabled = true;
    const asked = performance.now();
    try {
      const got = await page(cursor, PAGE);
      const added = place(got.jobs, asked, false);
      finish(got.next_cursor);
      added?.querySelector('a').focus();
    } catch (problem) {
      failed(problem, loadMore);
    }
    more.disabled = false;
  }

  function place(jobs, asked, whole) {
    const nodes = jobs.map((job) => {
      const row = rows.get(job.job_id) ?? jobRow(job);
      // What the stream said since is newer than this answer.
      if (row.heard() < asked) {
        row.show(job);
      }
      rows.set(job.job_id, row);
      return row.node;
    });
    if (!whole) {
      list.append(...nodes);
    } else if (nodes.length !== list.childElementCount || nodes.some((row, at) => row !== list.children[at])) {
      // Moving a row takes the focus from it.
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
    setText(empty, rows.size > 0 ? '' : status ? `No job is ${STATUS[status].toLowerCase()}.` : 'No jobs yet. The first video you drop above starts one.');
  }

  function failed(problem, again) {
    if (problem.name !== 'AbortError') {
      list.removeAttribute('aria-busy');
      notice.show(problem, again);
    }
  }

  return {
    node,
    reset: () => { elsewhere.clear(); reload(); },
    close: () => { abort.abort(); clearTimeout(timer); },
    update(news) {
      const row = rows.get(news.job_id);
      if (row) {
        row.update(news);
      } else if (!elsewhere.has(news.job_id) && (!status || status === news.status.toUpperCase())) {
        elsewhere.add(news.job_id);
        timer ||= setTimeout(reload, UNKNOWN_WAIT_MS);
      }
    },
  };
}
