// Cleared unless the new state contains them: after a retry a job has no error, and an update has no `state`.
const CLEARED = { state: undefined, waiting: undefined, error_code: undefined, error_message: undefined, completed_at: undefined };
// The last steps of a stage: the job waits for a worker of the next one.
const BETWEEN_STAGES = ['download_complete', 'processing_complete'];

/**
 * Applies a response of the API to a job.
 *
 * @param {Object} job
 * @param {Object} response
 * @returns {Object}
 */
export function withResponse(job, response) {
  return { ...job, ...CLEARED, ...response };
}

/**
 * Applies an update message to a job.
 *
 * @param {Object} job
 * @param {Object} update
 * @returns {Object}
 */
export function withUpdate(job, update) {
  const next = withResponse(job, { ...update, status: update.status.toUpperCase(), eta_seconds: update.eta_seconds });
  return isFinished(next) ? { ...next, completed_at: update.timestamp } : next;
}

/**
 * Whether an update is newer than the job: updates may be received late or twice.
 *
 * @param {Object} job
 * @param {Object} update
 * @returns {boolean}
 */
export function isNewer(job, update) {
  // Workers of the legacy system send no sequence number.
  return update.seq === undefined || (job.seq ?? 0) < update.seq;
}

/**
 * The state of a job: that of the API, or derived from an update, which has only a status.
 *
 * @param {{state?: string, status: string, current_step?: string, error_code?: string}} job
 * @returns {('waiting'|'running'|'completed'|'failed'|'cancelled')}
 */
export function stateOf({ state, status, current_step: step, error_code: code }) {
  switch (state ?? status) {
    case 'PENDING':
      return 'waiting';
    case 'PROCESSING':
      return BETWEEN_STAGES.includes(step) ? 'waiting' : 'running';
    case 'COMPLETED':
      return 'completed';
    case 'FAILED':
      return code === 'cancelled' ? 'cancelled' : 'failed';
    default:
      return state ?? 'waiting';
  }
}

/**
 * Whether a job is completed, failed or cancelled.
 *
 * @param {{status: string}} job
 * @returns {boolean}
 */
export function isFinished({ status }) {
  return status === 'COMPLETED' || status === 'FAILED';
}
