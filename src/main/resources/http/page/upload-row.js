import { announce } from './announcer.js';
import { call, pathSegment } from './api.js';
import { h, setChildren, setText } from './dom.js';
import { bytes, duration } from './format.js';
import { isFinished, isNewer, stateOf, withResponse, withUpdate } from './job-state.js';
import { summaryOf } from './job-summary.js';
import { resumableUpload } from './resumable-upload.js';
import { stageBar } from './stage-bar.js';
import { transferRate } from './transfer-rate.js';

// Figures that change more often cannot be read.
const NOTE_INTERVAL_MS = 250;
// Codes of failures that the same file causes again.
const CAUSED_BY_FILE = ['not_a_video', 'body_too_large', 'file_changed'];

/**
 * One upload, from the file to the finished job. Waits for `start`.
 *
 * @param {File} file
 * @param {{onSettled: function(): void, onRemove: function(): void}} handlers `onSettled`: another upload may start
 * @returns {{node: HTMLElement, file: File, start: function(): void, update: function(Object): void, reload: function(): void,
 *     continue: function(): void, state: function(): ('queued'|'sending'|'retrying'|'paused'|'failed'|'done')}}
 */
export function uploadRow(file, { onSettled, onRemove }) {
  const upload = resumableUpload(file, show);
  let rate = transferRate();
  let state = '';
  let notedAt = 0;
  let job = null;

  const name = h('span', { class: 'name' }, file.name);
  const note = h('span', { class: 'note' });
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

  const button = (label, onclick, kind) => h('button', { type: 'button', class: kind, 'aria-label': `${label}: ${file.name}`, onclick }, label);
  const cancel = () => {
    upload.cancel();
    onRemove();
    onSettled();
  };
  const pause = () => {
    upload.pause();
    show({ state: 'paused' });
    onSettled();
  };
  const BUTTONS = {
    queued: () => [button('Remove', onRemove, 'quiet')],
    sending: () => [button('Pause', pause), button('Cancel', cancel, 'quiet')],
    retrying: () => [button('Retry now', upload.retryNow), button('Pause', pause), button('Cancel', cancel, 'quiet')],
    paused: () => [button('Resume', start), button('Cancel', cancel, 'quiet')],
    failed: (problem) => [!CAUSED_BY_FILE.includes(problem?.code) && button('Retry', start), button('Remove', onRemove, 'quiet')],
    done: () => [button('Hide', onRemove, 'quiet')],
  };

  function enter(next, problem) {
    if (state === next) {
      return;
    }
    state = next;
    node.dataset.state = state;
    const hadFocus = buttons.contains(document.activeElement);
    setChildren(buttons, ...BUTTONS[state](problem));
    if (hadFocus) {
      buttons.querySelector('button').focus();
    }
  }

  function start() {
    rate = transferRate();
    setChildren(meter, bar);
    enter('sending');
    setText(note, 'Connecting');
    upload.start();
  }

  function show({ state: next, sent, problem, seconds, job: created }) {
    const before = state;
    enter(next, problem);
    if (next === 'sending') {
      progress(sent);
    } else if (next === 'retrying') {
      setText(note, `${problem.message} Next attempt in ${seconds} s.`);
      if (before !== next) {
        announce(`The upload of ${file.name} is interrupted and will continue.`);
      }
    } else if (next === 'paused') {
      setText(note, `Paused at ${bar.getAttribute('aria-valuenow')}%`);
    } else if (next === 'failed') {
      setChildren(meter);
      setChildren(note, h('span', { 'data-testid': 'error', role: 'alert' }, problem.message));
      onSettled();
    } else if (next === 'done') {
      accepted(created);
      onSettled();
    }
  }

  function progress(sent) {
    const percent = Math.floor((sent / file.size) * 100);
    bar.setAttribute('aria-valuenow', percent);
    fill.style.transform = `translateX(${percent - 100}%)`;
    rate.add(sent);
    if (sent >= file.size) {
      setText(note, 'Uploaded; waiting for the object store');
    } else if (performance.now() - notedAt > NOTE_INTERVAL_MS) {
      notedAt = performance.now();
      const speed = rate.bytesPerSecond();
      setText(note, [
        `Uploading, ${percent}%`,
        `${bytes(sent)} of ${bytes(file.size)}`,
        speed !== undefined && `${bytes(speed)}/s`,
        speed > 0 && `about ${duration(Math.ceil((file.size - sent) / speed))} left`,
      ].filter(Boolean).join(' · '));
    }
  }

  function accepted({ job_id: id, media_id: media }) {
    job = { job_id: id, media_id: media, status: 'PENDING', progress: 0 };
    setChildren(name, h('a', { href: `#/jobs/${pathSegment(id)}` }, file.name));
    setChildren(meter, stages.node);
    node.dataset.jobId = id;
    showJob();
    // The first updates may have been received before the job ID was known.
    reload();
  }

  function showJob() {
    stages.show(job);
    node.dataset.job = stateOf(job);
    setText(note, summaryOf(job));
  }

  async function reload() {
    if (job && !isFinished(job)) {
      const seq = job.seq;
      const response = await call(`/jobs/${pathSegment(job.job_id)}`).catch(() => null);
      if (response && job.seq === seq) {
        job = withResponse(job, response);
        showJob();
      }
    }
  }

  enter('queued');
  setText(note, 'Queued');
  return {
    node,
    file,
    start,
    reload,
    state: () => state,
    continue() {
      if (state === 'paused' || state === 'failed') {
        start();
      }
    },
    update(update) {
      if (job && job.job_id === update.job_id && isNewer(job, update)) {
        job = withUpdate(job, update);
        showJob();
      }
    },
  };
}
