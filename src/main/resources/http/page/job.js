import { call, part } from './api.js';
import { fill, h, say } from './dom.js';
import { nameOf } from './format.js';
import { facts } from './facts.js';
import { jobActions } from './job-actions.js';
import { after, isNews, renewed } from './job-state.js';
import { noticeArea } from './notice.js';
import { outcome } from './outcome.js';
import { outputs } from './outputs.js';
import { stageBar } from './stage-bar.js';
import { storyOf } from './story.js';
import { statusBadge } from './status.js';
import { timings } from './timings.js';
import { when } from './when.js';

// Runs are not in the news; while a job moves they are asked for this often at most.
const RUNS_MS = 3_000;

/**
 * All about one job.
 *
 * @param {{id: string}} job
 * @returns {{node: HTMLElement, title: string, update: function(Object): void, reset: function(): void, close: function(): void}}
 */
export function job({ id }) {
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
  const parts = [bar, outcome(), outputs(id), timings(), facts()];
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
      const fresh = await call(`/jobs/${part(id)}`, { signal: abort.signal });
      notice.clear();
      // News that overtook this answer says more of the job; the answer still has the runs.
      known = known.seq === seq ? renewed(known, fresh) : { ...fresh, ...known, runs: fresh.runs };
      show();
    } catch (problem) {
      if (problem.name !== 'AbortError') {
        notice.show(problem, problem.status === 404 ? undefined : reload);
      }
    }
  }

  function show() {
    body.hidden = false;
    const name = nameOf(known);
    if (title.textContent !== name) {
      say(title, name);
      node.dispatchEvent(new Event('title', { bubbles: true }));
    }
    status.show(known.status);
    // Why it failed has a place of its own below.
    say(line, known.status === 'FAILED' ? '' : storyOf(known));
    fill(begun, when(known.completed_at ?? known.created_at));
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
      if (news.job_id === id && isNews(known, news)) {
        const stepped = news.current_step !== known.current_step;
        known = after(known, news);
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
