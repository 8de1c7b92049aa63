import { call, pathSegment } from './api.js';
import { h, setChildren, setText } from './dom.js';
import { videoName } from './format.js';
import { jobActions } from './job-actions.js';
import { jobDetails } from './job-details.js';
import { jobOutcome } from './job-outcome.js';
import { jobOutputs } from './job-outputs.js';
import { isNewer, withResponse, withUpdate } from './job-state.js';
import { summaryOf } from './job-summary.js';
import { noticeArea } from './notice.js';
import { relativeTime } from './relative-time.js';
import { stageBar } from './stage-bar.js';
import { statusBadge } from './status-badge.js';
import { timings } from './timings.js';

// Runs are not in the news; while a job moves they are asked for this often at most.
const RUNS_MS = 3_000;

/**
 * All about one job.
 *
 * @param {{id: string}} job
 * @returns {{node: HTMLElement, title: string, update: function(Object): void, reset: function(): void, close: function(): void}}
 */
export function jobView({ id }) {
  const abort = new AbortController();
  let known = { job_id: id };
  let timer = 0;

  const title = h('h1', { tabindex: '-1' }, 'Job');
  const status = statusBadge();
  const line = h('p', { class: 'job-line' });
  const begun = h('span');
  const bar = stageBar({ large: true });
  const notice = noticeArea();
  const actions = jobActions(id, { onDone: reload, onProblem: (problem) => notice.show(problem) });
  const parts = [bar, jobOutcome(), jobOutputs(id), timings(), jobDetails()];
  const body = h('div', { class: 'job-body', hidden: true }, ...parts.map((one) => one.node));
  const node = h('article', { class: 'view job', 'data-job-id': id },
    h('p', { class: 'back' }, h('a', { href: '#/' }, 'All videos')),
    h('div', { class: 'job-head' }, h('div', {}, title, h('p', { class: 'job-sub' }, status.node, line, begun)), actions.node),
    notice.node, body);

  async function reload() {
    clearTimeout(timer);
    timer = 0;
    const seq = known.seq;
    try {
      const fresh = await call(`/jobs/${pathSegment(id)}`, { signal: abort.signal });
      notice.clear();
      // News that overtook this answer says more of the job; the answer still has the runs.
      known = known.seq === seq ? withResponse(known, fresh) : { ...fresh, ...known, runs: fresh.runs };
      show();
    } catch (problem) {
      if (problem.name !== 'AbortError') {
        notice.show(problem, problem.status === 404 ? undefined : reload);
      }
    }
  }

  function show() {
    body.hidden = false;
    const name = videoName(known);
    if (title.textContent !== name) {
      setText(title, name);
      node.dispatchEvent(new Event('title', { bubbles: true }));
    }
    status.show(known.status);
    // Why it failed has a place of its own below.
    setText(line, known.status === 'FAILED' ? '' : summaryOf(known));
    setChildren(begun, relativeTime(known.completed_at ?? known.created_at));
    actions.show(known);
    parts.forEach((one) => one.show(known));
  }

  reload();
  return {
    node,
    title: 'Job',
    reset: reload,
    close: () => { abort.abort(); clearTimeout(timer); },
    update(news) {
      if (news.job_id === id && isNewer(known, news)) {
        const stepped = news.current_step !== known.current_step;
        known = withUpdate(known, news);
        if (known.runs) {
          show();
        }
        if (stepped) {
          reload();
        } else {
          timer ||= setTimeout(reload, RUNS_MS);
        }
      }
    },
  };
}
