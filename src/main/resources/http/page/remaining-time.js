import { stateOf } from './job-state.js';
import { stagesOf } from './stages.js';

// Of an earlier fraction the estimate is too uncertain.
const MIN_PERCENT = 5;
const STAGE_RUNS = { download: ['download'], processing: ['processing', 'segment', 'join'], upload: ['upload'] };

/**
 * The estimated remaining time of the current stage: that of the last update, or derived from the times of its runs. Both times
 * are of the server, whose clock may differ from the one of this device.
 *
 * @param {{eta_seconds?: number, runs?: Object[], updated_at?: string}} job
 * @returns {number|undefined} seconds
 */
export function remainingSeconds(job) {
  if (stateOf(job) !== 'running') {
    return undefined;
  }
  if (job.eta_seconds > 0) {
    return job.eta_seconds;
  }
  const stage = stagesOf(job).find(({ state }) => state === 'running');
  const starts = (job.runs ?? []).filter((run) => STAGE_RUNS[stage?.key]?.includes(run.stage) && run.started_at).map((run) => Date.parse(run.started_at));
  const elapsed = (Date.parse(job.updated_at) - Math.min(...starts)) / 1_000;
  return stage?.percent >= MIN_PERCENT && elapsed > 0 && Number.isFinite(elapsed)
    ? Math.ceil((elapsed * (100 - stage.percent)) / stage.percent)
    : undefined;
}
