// The error message itself says what is wrong. Action: what the page offers first; with `none` it depends on the administrator.
const retry = (text) => ({ text, action: 'retry' });
const upload = (text) => ({ text, action: 'upload' });
const none = (text) => ({ text, action: 'none' });

const RETRY = retry('Retrying may help.');
const SOURCE = upload('The file is the cause: a retry would fail again. Upload another file.');
const LIMIT = none('The administrator of this installation sets the limit. A retry helps only after it was raised.');
const DISK = retry('An administrator should check the disk of the worker, then retry.');
const UPLOAD = upload('Upload the file again.');
const PRODUCER = none('The message was not valid: the program that sent it must be corrected. A retry would fail again.');

const ADVICE = {
  invalid_message: PRODUCER,
  unsupported_media_type: PRODUCER,
  unknown_profile: none('The administrator of this installation defines the profiles. A retry helps only after the profile was added.'),
  object_not_found: UPLOAD,
  object_changed: RETRY,
  checksum_mismatch: RETRY,
  too_large: LIMIT,
  empty_file: UPLOAD,
  not_a_video: upload('Choose another file.'),
  no_video_stream: upload('Choose a file with a video stream: audio alone is not accepted.'),
  still_image: upload('Choose a video: a single image is not accepted.'),
  playlist: upload('This is a list of other files. Upload the video itself.'),
  unreadable: upload('The file may be truncated. Upload it again.'),
  encrypted: upload('Upload the video without encryption.'),
  unsupported_dolby_vision: upload('Export the video without Dolby Vision and upload it again.'),
  unsupported_codec: upload('Convert the video, to H.264 for example, and upload it again.'),
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
  disk_too_small: none('The disk of the workers is too small for this video. A retry helps only on a larger one.'),
  files_missing: retry('A retry starts from the files that still exist.'),
  store_unavailable: retry('Retry when the object store is available.'),
  store_unsupported: none('An administrator should check which operations the object store supports.'),
  store_refused: none('An administrator should check the credentials of the object store, then retry.'),
  database_unavailable: retry('Retry when the database is available.'),
  worker_lost: retry('The video may crash its worker: retry once, and if it fails again, try another file.'),
  internal_error: none('This is a bug in Sluice; the log contains details.'),
  cancelled: retry('Retry restarts the job.'),
};

/**
 * Returns advice on an error code.
 *
 * @param {string} [code]
 * @returns {{text: string, action: ('retry'|'upload'|'none')}} without a text for a code of a later version
 */
export function adviceFor(code) {
  return ADVICE[code] ?? retry('');
}
