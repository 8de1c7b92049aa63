// What an answer or a message does not say is not so any more: after a retry, what was said of the failure has to go.
const UNSAID = { error_code: undefined, error_message: undefined, completed_at: undefined };

/**
 * A job as it is by an answer of the API.
 *
 * @param {Object} job as it was known
 * @param {Object} answer
 * @returns {Object}
 */
export function withResponse(job, answer) {
  return { ...job, ...UNSAID, ...answer };
}

/**
 * A job as it is after an update message.
 *
 * @param {Object} job as it was known
 * @param {Object} update
 * @returns {Object}
 */
export function withUpdate(job, update) {
  const next = withResponse(job, { ...update, status: update.status.toUpperCase(), eta_seconds: update.eta_seconds });
  return isFinished(next) ? { ...next, completed_at: update.timestamp } : next;
}

/**
 * Whether a message says more of a job than is known: they may come late, or twice.
 *
 * @param {Object} job
 * @param {Object} update
 * @returns {boolean}
 */
export function isNewer(job, update) {
  // The older system's workers do not count.
  return update.seq === undefined || (job.seq ?? 0) < update.seq;
}

/**
 * Whether nothing will happen to a job any more, unless somebody asks for it.
 *
 * @param {{status: string}} job
 * @returns {boolean}
 */
export function isFinished({ status }) {
  return status === 'COMPLETED' || status === 'FAILED';
}
