/** The three stages that people see; a long film's segments and their joining are part of processing. */
export const STAGES = [
  { key: 'download', label: 'Download', from: 0, to: 20 },
  { key: 'processing', label: 'Processing', from: 30, to: 70 },
  { key: 'upload', label: 'Upload', from: 80, to: 100 },
];

/** How each status is called. */
export const STATUS = { PENDING: 'Waiting', PROCESSING: 'Running', COMPLETED: 'Done', FAILED: 'Failed' };

const STEPS = {
  downloading_video: 'Downloading',
  download_complete: 'Waiting for processing',
  processing_video: 'Processing',
  extracting_metadata: 'Looking at the video',
  segments_planned: 'Cut into segments',
  segment_encoded: 'Encoding segments',
  joining_segments: 'Joining segments',
  processing_complete: 'Waiting for upload',
  uploading_results: 'Uploading',
  upload_complete: 'Done',
  download_failed: 'Failed in download',
  processing_failed: 'Failed in processing',
  upload_failed: 'Failed in upload',
};

/**
 * How far each of the three stages of a job is.
 *
 * @param {{status: string, progress: number, current_step?: string}} job
 * @returns {{key: string, label: string, percent: number, state: ('waiting'|'running'|'done'|'failed')}[]}
 */
export function stagesOf({ status, progress = 0, current_step: step = '' }) {
  const failedAt = status === 'FAILED' ? failedStage(progress, step) : -1;
  return STAGES.map(({ key, label, from, to }, at) => {
    const share = Math.min(1, Math.max(0, (progress - from) / (to - from)));
    const percent = status === 'COMPLETED' || (failedAt > at) ? 100 : Math.round(share * 100);
    return { key, label, percent, state: stateOf(status, progress, { at, from, percent, failedAt, begun: step !== '' }) };
  });
}

/**
 * What a job is at, in a few words.
 *
 * @param {{status: string, current_step?: string}} job
 * @returns {string}
 */
export function stepOf({ status, current_step: step = '' }) {
  if (status === 'PENDING') {
    return 'Waiting for a worker';
  }
  // Requests of the older system end with a step that is in the middle for all others.
  if (status === 'COMPLETED') {
    return 'Done';
  }
  return STEPS[step] ?? (step ? sentence(step) : STATUS[status] ?? status);
}

function failedStage(progress, step) {
  const named = STAGES.findIndex(({ key }) => step === `${key}_failed`);
  return named >= 0 ? named : Math.max(0, STAGES.findLastIndex(({ from }) => progress >= from));
}

function stateOf(status, progress, { at, from, percent, failedAt, begun }) {
  if (at === failedAt) {
    return 'failed';
  }
  if (percent === 100) {
    return 'done';
  }
  return status === 'PROCESSING' && progress >= from && (progress > 0 || begun) ? 'running' : 'waiting';
}

function sentence(step) {
  const words = step.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
