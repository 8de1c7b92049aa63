import { part } from './api.js';
import { fill, h, say } from './dom.js';
import { nameOf } from './format.js';
import { after, isNews, renewed } from './job-state.js';
import { stageBar } from './stage-bar.js';
import { statusBadge } from './status.js';
import { storyOf } from './story.js';
import { when } from './when.js';

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
  const link = h('a', { class: 'row-link', href: `#/jobs/${part(first.job_id)}` });
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
    job = renewed(job, next);
    node.dataset.status = job.status;
    say(link, nameOf(job));
    status.show(job.status);
    stages.show(job);
    say(percent, `${job.progress}%`);
    say(step, storyOf(job));
    const iso = job.completed_at ?? job.created_at;
    if (before === next || iso !== (before.completed_at ?? before.created_at)) {
      fill(time, when(iso));
    }
  }

  show(first);
  return {
    node,
    show,
    heard: () => heard,
    update(news) {
      if (isNews(job, news)) {
        heard = performance.now();
        show(after(job, news));
      }
    },
  };
}
