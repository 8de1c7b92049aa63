import { call, pathSegment } from './api.js';
import { h, setChildren, setText } from './dom.js';
import { videoName } from './format.js';
import { jobActions } from './job-actions.js';
import { jobDetails } from './job-details.js';
import { jobOutcome } from './job-outcome.js';
import { jobOutputs } from './job-outputs.js';
import { isNewer, stateOf, withResponse, withUpdate } from './job-state.js';
import { summaryOf } from './job-summary.js';
import { noticeArea } from './notice.js';
import { relativeTime } from './relative-time.js';
import { stageBar } from './stage-bar.js';
import { statusBadge } from './status-badge.js';
import { timings } from './timings.js';

// Updates contain no runs; while a job is in progress they are requested at most at this interval.
const RUNS_INTERVAL_MS = 3_000;

/**
 * The view of one job.
 *
 * @param {{id: string, uploads: {choose: function(): void}}} shared `id`: of the job
 * @returns {{node: HTMLElement, title: string, update: function(Object): void, reset: function(): void, close: function(): void}}
 */
export function jobView({ id, uploads }) {
  const abort = new AbortController();
  let current = { job_id: id };
  let timer = 0;

  const title = h('h1', { tabindex: '-1' }, 'Job');
  const status = statusBadge();
  const line = h('p', { class: 'job-line' });
  const time = h('span');
  const bar = stageBar({ large: true });
  const notice = noticeArea();
  const actions = jobActions(id, { onDone: reload, onUpload: uploads.choose, onProblem: (problem) => notice.show(problem) });
  const outputs = jobOutputs(id);
  const parts = [bar, jobOutcome(), outputs, timings(), jobDetails()];
  const body = h('div', { class: 'job-body', hidden: true }, ...parts.map((one) => one.node));
  const node = h('article', { class: 'view job', 'data-job-id': id },
    h('p', { class: 'back' }, h('a', { href: '#/' }, 'All videos')),
    h('div', { class: 'job-head' }, h('div', {}, title, h('p', { class: 'job-sub' }, status.node, line, time)), actions.node),
    notice.node, body);

  async function reload() {
    clearTimeout(timer);
    timer = 0;
    const seq = current.seq;
    try {
      const response = await call(`/jobs/${pathSegment(id)}`, { signal: abort.signal });
      notice.clear();
      // An update received during the request is newer than the response, except for the runs.
      current = current.seq === seq ? withResponse(current, response) : { ...response, ...current, runs: response.runs };
      show();
    } catch (problem) {
      if (problem.name !== 'AbortError') {
        notice.show(problem, problem.status === 404 ? undefined : reload);
      }
    }
  }

  function show() {
    body.hidden = false;
    const name = videoName(current);
    if (title.textContent !== name) {
      setText(title, name);
      node.dispatchEvent(new Event('title', { bubbles: true }));
    }
    status.show(stateOf(current));
    // The error is shown below.
    setText(line, current.status === 'FAILED' ? '' : summaryOf(current));
    setChildren(time, relativeTime(current.completed_at ?? current.created_at));
    actions.show(current);
    parts.forEach((one) => one.show(current));
  }

  reload();
  return {
    node,
    title: 'Job',
    reset: reload,
    close: () => { abort.abort(); clearTimeout(timer); outputs.close(); },
    update(update) {
      if (update.job_id === id && isNewer(current, update)) {
        const stepChanged = update.current_step !== current.current_step;
        current = withUpdate(current, update);
        if (current.runs) {
          show();
        }
        if (stepChanged) {
          reload();
        } else {
          timer ||= setTimeout(reload, RUNS_INTERVAL_MS);
        }
      }
    },
  };
}
