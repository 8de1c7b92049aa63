import { duration } from './format.js';
import { stateOf } from './job-state.js';

/** The three displayed stages; segment and join tasks of long videos are part of processing. */
export const STAGES = [
  { key: 'download', label: 'Download', from: 0, to: 20 },
  { key: 'processing', label: 'Processing', from: 30, to: 70 },
  { key: 'upload', label: 'Upload', from: 80, to: 100 },
];

/** The labels of all stages, in their order. */
export const STAGE_NAMES = { download: 'Download', processing: 'Processing', segment: 'Segments', join: 'Concatenation', upload: 'Upload' };

/** The labels of the job states. */
export const STATES = { waiting: 'Waiting', running: 'Running', completed: 'Completed', failed: 'Failed', cancelled: 'Cancelled' };

const STEPS = {
  downloading_video: 'Downloading',
  download_complete: 'Downloaded',
  processing_video: 'Processing',
  extracting_metadata: 'Inspecting the video',
  segments_planned: 'Segments planned',
  segment_encoded: 'Encoding segments',
  joining_segments: 'Concatenating segments',
  processing_complete: 'Processed',
  uploading_results: 'Uploading',
  upload_complete: 'Completed',
  download_failed: 'Download failed',
  processing_failed: 'Processing failed',
  upload_failed: 'Upload failed',
};

const WAITING = {
  download_complete: 'Waiting for processing',
  segments_planned: 'Waiting for a worker to encode segments',
  segment_encoded: 'Waiting for a worker to encode segments',
  processing_complete: 'Waiting for upload',
};

/**
 * The progress of each stage of a job.
 *
 * @param {{status: string, progress: number, current_step?: string}} job
 * @returns {{key: string, label: string, percent: number, state: ('waiting'|'running'|'done'|'failed'|'cancelled')}[]}
 */
export function stagesOf(job) {
  const { progress = 0, current_step: step = '' } = job;
  const state = stateOf(job);
  const endedAt = state === 'failed' || state === 'cancelled' ? failedStage(progress, step) : STAGES.length;
  return STAGES.map(({ key, label, from, to }, at) => {
    const percent = state === 'completed' || (at < endedAt && endedAt < STAGES.length) ? 100 : Math.round(fractionOf(progress, from, to) * 100);
    if (at === endedAt) {
      return { key, label, percent, state };
    }
    const runs = state === 'running' && progress >= from && (progress > 0 || step !== '');
    return { key, label, percent, state: percent === 100 ? 'done' : runs ? 'running' : 'waiting' };
  });
}

/**
 * The label of the current step of a job.
 *
 * @param {{status: string, current_step?: string, waiting?: Object}} job
 * @returns {string}
 */
export function stepOf(job) {
  const { status, current_step: step = '' } = job;
  const state = stateOf(job);
  if (state === 'waiting') {
    return reasonOf(job.waiting) ?? WAITING[step] ?? (status === 'PENDING' || !step ? 'Waiting for a worker' : 'Waiting for the next attempt');
  }
  // Single-stage requests of the legacy system end with an intermediate step.
  if (state === 'completed' || state === 'cancelled') {
    return STATES[state];
  }
  return STEPS[step] ?? (step ? capitalized(step) : STATES[state]);
}

/**
 * The label of a stage.
 *
 * @param {string} stage
 * @returns {string}
 */
export function stageName(stage) {
  return STAGE_NAMES[stage] ?? stage;
}

/** Why a job waits; undefined if only its step tells. */
function reasonOf({ stage, reason, ahead, until } = {}) {
  switch (reason) {
    case 'paused':
      return `${stageName(stage)} is paused`;
    case 'held':
      return 'The limit of concurrent jobs is reached';
    case 'delayed':
      return Date.parse(until) > Date.now() ? `Next attempt in ${duration((Date.parse(until) - Date.now()) / 1000)}` : undefined;
    case 'queued':
      return ahead > 0 ? `Waiting for ${stageName(stage).toLowerCase()}, ${ahead.toLocaleString('en')} before it` : undefined;
    default:
      return undefined;
  }
}

function failedStage(progress, step) {
  const named = STAGES.findIndex(({ key }) => step === `${key}_failed`);
  return named >= 0 ? named : Math.max(0, STAGES.findLastIndex(({ from }) => progress >= from));
}

function fractionOf(progress, from, to) {
  return Math.min(1, Math.max(0, (progress - from) / (to - from)));
}

function capitalized(step) {
  const words = step.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
