import { pathSegment } from './api.js';
import { h, setChildren, setText } from './dom.js';
import { videoName } from './format.js';
import { isNewer, stateOf, withResponse, withUpdate } from './job-state.js';
import { summaryOf } from './job-summary.js';
import { relativeTime } from './relative-time.js';
import { stageBar } from './stage-bar.js';
import { statusBadge } from './status-badge.js';

/**
 * A row of the job list.
 *
 * @param {Object} first the job
 * @returns {{node: HTMLElement, updatedAt: function(): number, show: function(Object): void, update: function(Object): void}}
 *     `updatedAt`: when the last update was applied; `update` ignores an update that is older than the job
 */
export function jobRow(first) {
  let job = first;
  let updatedAt = 0;
  const status = statusBadge();
  const stages = stageBar();
  const link = h('a', { class: 'row-link', href: `#/jobs/${pathSegment(first.job_id)}` });
  const time = h('span', { class: 'row-time' });
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
    node.dataset.state = stateOf(job);
    setText(link, videoName(job));
    status.show(stateOf(job));
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
    updatedAt: () => updatedAt,
    update(update) {
      if (isNewer(job, update)) {
        updatedAt = performance.now();
        show(withUpdate(job, update));
      }
    },
  };
}
