// The sentence of the failure says what is wrong; these say what to do about it.
const AGAIN = 'Trying again may help.';
const SOURCE = 'The file itself is the reason: trying again would end the same way.';
const LIMIT = 'Whoever runs this installation sets the limit.';
const HOSTS = 'Whoever runs the host should look at its disk.';
const UPLOAD = 'Upload the file again.';

const ADVICE = {
  object_not_found: UPLOAD,
  object_changed: AGAIN,
  checksum_mismatch: AGAIN,
  too_large: LIMIT,
  empty_file: UPLOAD,
  not_a_video: 'Choose another file.',
  no_video_stream: 'Choose a file with a picture: sound alone is not taken.',
  still_image: 'Choose a video: a single picture is not taken.',
  playlist: 'This is a list of other files. Upload the video itself.',
  unreadable: 'The file may have been cut off on its way. Upload it again.',
  encrypted: 'Upload the video without its protection.',
  unsupported_codec: 'Convert the video, to H.264 for example, and upload it again.',
  no_frames: SOURCE,
  too_long: LIMIT,
  too_many_pixels: LIMIT,
  too_many_streams: LIMIT,
  ffmpeg_failed: AGAIN,
  ffmpeg_stalled: AGAIN,
  memory_exceeded: SOURCE,
  output_exceeded: LIMIT,
  time_exceeded: LIMIT,
  output_invalid: AGAIN,
  message_too_large: LIMIT,
  disk_full: HOSTS,
  disk_low: HOSTS,
  disk_too_small: HOSTS,
  files_missing: 'Retry starts from what is still there.',
  store_unavailable: 'Retry when the store is back.',
  store_refused: 'Whoever runs this installation should look at the credentials of the store.',
  database_unavailable: 'Retry when the database is back.',
  worker_lost: 'The video may be what kills its worker: retry once, and if it stays, try another file.',
  internal_error: 'This is a fault of Sluice; the log says more.',
  cancelled: 'Retry takes it up again.',
};

/**
 * What a person can make of an error code.
 *
 * @param {string} code
 * @returns {string} a sentence, or nothing for a code of a later version
 */
export function adviceFor(code) {
  return ADVICE[code] ?? '';
}
