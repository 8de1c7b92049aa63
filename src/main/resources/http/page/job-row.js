import { pathSegment } from './api.js';
import { h, setChildren, setText } from './dom.js';
import { videoName } from './format.js';
import { isNewer, withResponse, withUpdate } from './job-state.js';
import { summaryOf } from './job-summary.js';
import { relativeTime } from './relative-time.js';
import { stageBar } from './stage-bar.js';
import { statusBadge } from './status-badge.js';

/**
 * A job as a row of the list.
 *
 * @param {Object} first the job
 * @returns {{node: HTMLElement, heard: function(): number, show: function(Object): void, update: function(Object): void}}
 *     `heard`: when there was news last; `update` leaves out news that is older than what is shown
 */
export function jobRow(first) {
  let job = first;
  let heard = 0;
  const status = statusBadge();
  const stages = stageBar();
  const link = h('a', { class: 'row-link', href: `#/jobs/${pathSegment(first.job_id)}` });
  const time = h('span', { class: 'row-when' });
  const step = h('span', { class: 'row-step' });
  const percent = h('span', { class: 'row-percent' });
  const node = h('li', { class: 'job-row', 'data-testid': 'job-row', 'data-job-id': first.job_id },
    h('div', { class: 'row-name' }, link, time),
    h('div', { class: 'row-flow' }, stages.node, step),
    percent,
    status.node);

  function show(next) {
    const before = job;
    job = withResponse(job, next);
    node.dataset.status = job.status;
    setText(link, videoName(job));
    status.show(job.status);
    stages.show(job);
    setText(percent, `${job.progress}%`);
    setText(step, summaryOf(job));
    const iso = job.completed_at ?? job.created_at;
    if (before === next || iso !== (before.completed_at ?? before.created_at)) {
      setChildren(time, relativeTime(iso));
    }
  }

  show(first);
  return {
    node,
    show,
    heard: () => heard,
    update(news) {
      if (isNewer(job, news)) {
        heard = performance.now();
        show(withUpdate(job, news));
      }
    },
  };
}
