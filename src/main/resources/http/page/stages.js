/** The three displayed stages; segment and join tasks of long videos are part of processing. */
export const STAGES = [
  { key: 'download', label: 'Download', from: 0, to: 20 },
  { key: 'processing', label: 'Processing', from: 30, to: 70 },
  { key: 'upload', label: 'Upload', from: 80, to: 100 },
];

/** The labels of all stages, in their order. */
export const STAGE_NAMES = { download: 'Download', processing: 'Processing', segment: 'Segments', join: 'Concatenation', upload: 'Upload' };

/** The labels of the job statuses. */
export const STATUS = { PENDING: 'Pending', PROCESSING: 'In progress', COMPLETED: 'Completed', FAILED: 'Failed' };

const STEPS = {
  downloading_video: 'Downloading',
  download_complete: 'Waiting for processing',
  processing_video: 'Processing',
  extracting_metadata: 'Inspecting the video',
  segments_planned: 'Segments planned',
  segment_encoded: 'Encoding segments',
  joining_segments: 'Concatenating segments',
  processing_complete: 'Waiting for upload',
  uploading_results: 'Uploading',
  upload_complete: 'Completed',
  download_failed: 'Download failed',
  processing_failed: 'Processing failed',
  upload_failed: 'Upload failed',
};

/**
 * The progress of each stage of a job.
 *
 * @param {{status: string, progress: number, current_step?: string}} job
 * @returns {{key: string, label: string, percent: number, state: ('waiting'|'running'|'done'|'failed')}[]}
 */
export function stagesOf({ status, progress = 0, current_step: step = '' }) {
  const failedAt = status === 'FAILED' ? failedStage(progress, step) : -1;
  return STAGES.map(({ key, label, from, to }, at) => {
    const fraction = Math.min(1, Math.max(0, (progress - from) / (to - from)));
    const percent = status === 'COMPLETED' || (failedAt > at) ? 100 : Math.round(fraction * 100);
    return { key, label, percent, state: stateOf(status, progress, { at, from, percent, failedAt, started: step !== '' }) };
  });
}

/**
 * The label of the current step of a job.
 *
 * @param {{status: string, current_step?: string}} job
 * @returns {string}
 */
export function stepOf({ status, current_step: step = '' }) {
  if (status === 'PENDING') {
    return 'Waiting for a worker';
  }
  // Single-stage requests of the legacy system end with an intermediate step.
  if (status === 'COMPLETED') {
    return STATUS.COMPLETED;
  }
  return STEPS[step] ?? (step ? capitalized(step) : STATUS[status] ?? status);
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

function failedStage(progress, step) {
  const named = STAGES.findIndex(({ key }) => step === `${key}_failed`);
  return named >= 0 ? named : Math.max(0, STAGES.findLastIndex(({ from }) => progress >= from));
}

function stateOf(status, progress, { at, from, percent, failedAt, started }) {
  if (at === failedAt) {
    return 'failed';
  }
  if (percent === 100) {
    return 'done';
  }
  return status === 'PROCESSING' && progress >= from && (progress > 0 || started) ? 'running' : 'waiting';
}

function capitalized(step) {
  const words = step.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
