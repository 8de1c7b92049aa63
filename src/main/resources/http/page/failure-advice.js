// Advice on a failure; the error message itself says what is wrong.
const RETRY = 'Retrying may help.';
const SOURCE = 'The file is the cause: a retry would fail again.';
const LIMIT = 'The administrator of this installation sets the limit.';
const DISK = 'An administrator should check the disk of the worker.';
const UPLOAD = 'Upload the file again.';

const ADVICE = {
  object_not_found: UPLOAD,
  object_changed: RETRY,
  checksum_mismatch: RETRY,
  too_large: LIMIT,
  empty_file: UPLOAD,
  not_a_video: 'Choose another file.',
  no_video_stream: 'Choose a file with a video stream: audio alone is not accepted.',
  still_image: 'Choose a video: a single image is not accepted.',
  playlist: 'This is a list of other files. Upload the video itself.',
  unreadable: 'The file may be truncated. Upload it again.',
  encrypted: 'Upload the video without encryption.',
  unsupported_codec: 'Convert the video, to H.264 for example, and upload it again.',
  no_frames: SOURCE,
  too_long: LIMIT,
  too_many_pixels: LIMIT,
  too_many_streams: LIMIT,
  ffmpeg_failed: RETRY,
  filter_failed: SOURCE,
  encode_failed: SOURCE,
  ffmpeg_stalled: RETRY,
  memory_exceeded: SOURCE,
  output_exceeded: LIMIT,
  time_exceeded: LIMIT,
  output_invalid: SOURCE,
  message_too_large: LIMIT,
  disk_full: DISK,
  disk_low: DISK,
  disk_too_small: DISK,
  files_missing: 'A retry starts from the files that still exist.',
  store_unavailable: 'Retry when the object store is available.',
  store_refused: 'An administrator should check the credentials of the object store.',
  database_unavailable: 'Retry when the database is available.',
  worker_lost: 'The video may crash its worker: retry once, and if it fails again, try another file.',
  internal_error: 'This is a bug in Sluice; the log contains details.',
  cancelled: 'Retry restarts the job.',
};

/**
 * Returns advice on an error code.
 *
 * @param {string} code
 * @returns {string} empty for a code of a later version
 */
export function adviceFor(code) {
  return ADVICE[code] ?? '';
}
