import { call, pathSegment } from './api.js';
import { h, setChildren, setText } from './dom.js';
import { bytes } from './format.js';
import { isFinished, isNewer, withResponse, withUpdate } from './job-state.js';
import { summaryOf } from './job-summary.js';
import { stageBar } from './stage-bar.js';
import { send } from './upload.js';

/**
 * One upload, from the file to the finished job. Waits until it is started.
 *
 * @param {File} file
 * @param {{onSettled: function(): void, onRemove: function(): void}} handlers `onSettled`: the file is sent, or cannot be
 * @returns {{node: HTMLElement, name: string, start: function(): void, update: function(Object): void, reload: function(): void,
 *     isSending: function(): boolean, isWaiting: function(): boolean}}
 */
export function uploadRow(file, { onSettled, onRemove }) {
  let sending = null;
  let state = 'waiting';
  let job = null;

  const name = h('span', { class: 'name' }, file.name);
  const note = h('span', { class: 'note' }, 'Waiting its turn');
  const buttons = h('span', { class: 'row-buttons' });
  const water = h('div', { class: 'water' });
  const bar = h('div', {
    class: 'chamber-bar sending', role: 'progressbar', 'aria-label': `Sending ${file.name}`, 'aria-valuemin': 0, 'aria-valuemax': 100,
    'aria-valuenow': 0, 'data-testid': 'upload-progress',
  }, water);
  const stages = stageBar({ large: true });
  const meter = h('div', { class: 'meter' }, bar);
  const node = h('li', { class: 'upload', 'data-testid': 'upload-row' },
    h('div', { class: 'upload-head' }, name, h('span', { class: 'size' }, bytes(file.size)), buttons), meter, note);
  offer('Remove', onRemove);

  function offer(label, onclick) {
    setChildren(buttons, label && h('button', { type: 'button', class: 'quiet', 'aria-label': `${label}: ${file.name}`, onclick }, label));
  }

  function progress(share) {
    const percent = Math.floor(share * 100);
    bar.setAttribute('aria-valuenow', percent);
    water.style.transform = `translateX(${percent - 100}%)`;
    setText(note, share < 1 ? `Sending, ${percent}%` : 'Sent; the store is taking it in');
  }

  async function start() {
    state = 'sending';
    delete node.dataset.failed;
    setChildren(meter, bar);
    progress(0);
    const { done, abort } = send(file, progress);
    sending = abort;
    offer('Stop', abort);
    try {
      accepted(await done);
    } catch (problem) {
      refused(problem);
    }
    sending = null;
    onSettled();
  }

  function accepted({ job_id: id, media_id: medium }) {
    state = 'sent';
    job = { job_id: id, media_id: medium, status: 'PENDING', progress: 0 };
    setChildren(name, h('a', { href: `#/jobs/${pathSegment(id)}` }, file.name));
    setChildren(meter, stages.node);
    offer('Hide', onRemove);
    node.dataset.jobId = id;
    show();
    // The first news may have come before we knew that they were of this job.
    reload();
  }

  function refused(problem) {
    state = 'refused';
    node.dataset.failed = '';
    setChildren(meter);
    setChildren(note, h('span', { 'data-testid': 'error', role: 'alert' }, problem.message));
    setChildren(buttons,
      problem.code !== 'not_a_video' && h('button', { type: 'button', 'aria-label': `Send again: ${file.name}`, onclick: start }, 'Send again'),
      h('button', { type: 'button', class: 'quiet', 'aria-label': `Remove: ${file.name}`, onclick: onRemove }, 'Remove'));
  }

  function show() {
    stages.show(job);
    node.toggleAttribute('data-failed', job.status === 'FAILED');
    setText(note, summaryOf(job));
  }

  async function reload() {
    if (job && !isFinished(job)) {
      const seq = job.seq;
      const fresh = await call(`/jobs/${pathSegment(job.job_id)}`).catch(() => null);
      if (fresh && job.seq === seq) {
        job = withResponse(job, fresh);
        show();
      }
    }
  }

  return {
    node,
    name: file.name,
    start,
    reload,
    isSending: () => sending !== null,
    isWaiting: () => state === 'waiting',
    update(news) {
      if (job && job.job_id === news.job_id && isNewer(job, news)) {
        job = withUpdate(job, news);
        show();
      }
    },
  };
}
