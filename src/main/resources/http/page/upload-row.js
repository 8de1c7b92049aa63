import { call, pathSegment } from './api.js';
import { h, setChildren, setText } from './dom.js';
import { bytes } from './format.js';
import { isFinished, isNewer, withResponse, withUpdate } from './job-state.js';
import { summaryOf } from './job-summary.js';
import { stageBar } from './stage-bar.js';
import { send } from './upload.js';

/**
 * One upload, from the file to the finished job. Waits for `start`.
 *
 * @param {File} file
 * @param {{onSettled: function(): void, onRemove: function(): void}} handlers `onSettled`: the upload completed or failed
 * @returns {{node: HTMLElement, name: string, start: function(): void, update: function(Object): void, reload: function(): void,
 *     isSending: function(): boolean, isWaiting: function(): boolean}}
 */
export function uploadRow(file, { onSettled, onRemove }) {
  let abortUpload = null;
  let state = 'waiting';
  let job = null;

  const name = h('span', { class: 'name' }, file.name);
  const note = h('span', { class: 'note' }, 'Queued');
  const buttons = h('span', { class: 'row-buttons' });
  const fill = h('div', { class: 'bar-fill' });
  const bar = h('div', {
    class: 'bar sending', role: 'progressbar', 'aria-label': `Upload of ${file.name}`, 'aria-valuemin': 0, 'aria-valuemax': 100,
    'aria-valuenow': 0, 'data-testid': 'upload-progress',
  }, fill);
  const stages = stageBar({ large: true });
  const meter = h('div', { class: 'meter' }, bar);
  const node = h('li', { class: 'upload', 'data-testid': 'upload-row' },
    h('div', { class: 'upload-head' }, name, h('span', { class: 'size' }, bytes(file.size)), buttons), meter, note);
  setButton('Remove', onRemove);

  function setButton(label, onclick) {
    setChildren(buttons, label && h('button', { type: 'button', class: 'quiet', 'aria-label': `${label}: ${file.name}`, onclick }, label));
  }

  function progress(fraction) {
    const percent = Math.floor(fraction * 100);
    bar.setAttribute('aria-valuenow', percent);
    fill.style.transform = `translateX(${percent - 100}%)`;
    setText(note, fraction < 1 ? `Uploading, ${percent}%` : 'Uploaded; waiting for the object store');
  }

  async function start() {
    state = 'sending';
    delete node.dataset.failed;
    setChildren(meter, bar);
    progress(0);
    const { done, abort } = send(file, progress);
    abortUpload = abort;
    setButton('Cancel', abort);
    try {
      accepted(await done);
    } catch (problem) {
      failed(problem);
    }
    abortUpload = null;
    onSettled();
  }

  function accepted({ job_id: id, media_id: media }) {
    state = 'sent';
    job = { job_id: id, media_id: media, status: 'PENDING', progress: 0 };
    setChildren(name, h('a', { href: `#/jobs/${pathSegment(id)}` }, file.name));
    setChildren(meter, stages.node);
    setButton('Hide', onRemove);
    node.dataset.jobId = id;
    show();
    // The first updates may have been received before the job ID was known.
    reload();
  }

  function failed(problem) {
    state = 'failed';
    node.dataset.failed = '';
    setChildren(meter);
    setChildren(note, h('span', { 'data-testid': 'error', role: 'alert' }, problem.message));
    setChildren(buttons,
      problem.code !== 'not_a_video' && h('button', { type: 'button', 'aria-label': `Retry: ${file.name}`, onclick: start }, 'Retry'),
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
      const response = await call(`/jobs/${pathSegment(job.job_id)}`).catch(() => null);
      if (response && job.seq === seq) {
        job = withResponse(job, response);
        show();
      }
    }
  }

  return {
    node,
    name: file.name,
    start,
    reload,
    isSending: () => abortUpload !== null,
    isWaiting: () => state === 'waiting',
    update(update) {
      if (job && job.job_id === update.job_id && isNewer(job, update)) {
        job = withUpdate(job, update);
        show();
      }
    },
  };
}
