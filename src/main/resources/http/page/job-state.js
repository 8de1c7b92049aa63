// Cleared unless the new state contains them: after a retry a job has no error.
const CLEARED = { error_code: undefined, error_message: undefined, completed_at: undefined };

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
 * Whether a job is completed or failed.
 *
 * @param {{status: string}} job
 * @returns {boolean}
 */
export function isFinished({ status }) {
  return status === 'COMPLETED' || status === 'FAILED';
}
