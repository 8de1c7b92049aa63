import { duration } from './format.js';
import { remainingSeconds } from './remaining-time.js';
import { stepOf } from './stages.js';

/**
 * Describes a job in one line: its step and remaining time, its duration, or its error.
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
    return seconds >= 0 ? `Took ${duration(seconds)}` : 'Completed';
  }
  const remaining = remainingSeconds(job);
  return remaining > 0 ? `${stepOf(job)}, about ${duration(remaining)} remaining` : stepOf(job);
}
