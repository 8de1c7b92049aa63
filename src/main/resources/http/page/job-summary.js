import { duration } from './format.js';
import { stepOf } from './stages.js';

/**
 * How a job is in one line: what it is at and how long for, how long it took, or why it failed.
 *
 * @param {Object} job
 * @returns {string}
 */
export function summaryOf(job) {
  if (job.status === 'FAILED') {
    return job.error_message ?? stepOf(job);
  }
  if (job.status === 'COMPLETED') {
    const seconds = (Date.parse(job.completed_at) - Date.parse(job.created_at)) / 1000;
    return seconds >= 0 ? `Took ${duration(seconds)}` : 'Done';
  }
  return job.eta_seconds > 0 ? `${stepOf(job)}, about ${duration(job.eta_seconds)} to go` : stepOf(job);
}
