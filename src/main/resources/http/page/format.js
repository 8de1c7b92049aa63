const RELATIVE = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const UNITS = [[60, 'second', 1], [3600, 'minute', 60], [86400, 'hour', 3600], [2592000, 'day', 86400]];

/**
 * Formats a duration: `0.8 s`, `42 s`, `3 min 5 s`, `1 h 4 min`.
 *
 * @param {number} seconds
 * @returns {string}
 */
export function duration(seconds) {
  if (seconds < 10) {
    return `${Math.round(seconds * 10) / 10} s`;
  }
  const whole = Math.round(seconds);
  if (whole < 60) {
    return `${whole} s`;
  }
  if (whole < 3600) {
    return joined(Math.floor(whole / 60), 'min', whole % 60, 's');
  }
  const minutes = Math.round(whole / 60);
  return joined(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
}

/**
 * Formats a position in a video: `0:15`, `1:04:05`.
 *
 * @param {number} seconds
 * @returns {string}
 */
export function timecode(seconds) {
  const whole = Math.floor(seconds);
  const parts = [Math.floor(whole / 60) % 60, whole % 60];
  const hours = Math.floor(whole / 3600);
  const [first, ...rest] = hours > 0 ? [hours, ...parts] : parts;
  return [first, ...rest.map((part) => String(part).padStart(2, '0'))].join(':');
}

/**
 * @param {number} count bytes
 * @returns {string} `12.4 MB`
 */
export function bytes(count) {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  const power = count < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(count) / 3));
  const value = count / 1000 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}

/**
 * @param {string} iso
 * @returns {string} `3 minutes ago`
 */
export function timeAgo(iso) {
  const seconds = (Date.parse(iso) - Date.now()) / 1000;
  const size = Math.abs(seconds);
  if (size < 10) {
    return 'just now';
  }
  const [, unit, divisor] = UNITS.find(([limit]) => size < limit) ?? [0, 'month', 2592000];
  return RELATIVE.format(Math.round(seconds / divisor), unit);
}

/**
 * @param {string} iso
 * @returns {string} date and time in the user's locale
 */
export function dateTime(iso) {
  return new Date(iso).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
}

/**
 * The display name of the video of a job.
 *
 * @param {{original_filename?: string, media_id?: string, job_id: string}} job
 * @returns {string}
 */
export function videoName(job) {
  return job.original_filename || `Video ${(job.media_id || job.job_id).slice(0, 8)}`;
}

/**
 * @param {number} count
 * @param {string} one
 * @param {string} [many]
 * @returns {string} `1 job`, `3 jobs`
 */
export function countOf(count, one, many = `${one}s`) {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

function joined(large, largeUnit, small, smallUnit) {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}
