const AGAIN = 'Trying again may help.';
const SOURCE = 'The file itself is the reason: trying again would end the same way.';
const HOSTS = 'Something on the host that did the work is in short supply; whoever runs it should look.';

const ADVICE = {
  object_not_found: 'The file is not in the store any more. Upload it again.',
  object_changed: AGAIN,
  checksum_mismatch: AGAIN,
  too_large: 'The file is larger than this installation takes.',
  empty_file: 'The file has no content. Upload it again.',
  not_a_video: 'The file is no video that can be read. Choose another.',
  no_video_stream: 'There is sound in the file, but no picture.',
  still_image: 'The file is a single picture, not a video.',
  playlist: 'This is a list of other files. Upload the video itself.',
  unreadable: 'The file is broken, perhaps by an upload that was cut off. Upload it again.',
  encrypted: 'The video is encrypted. Upload it without protection.',
  unsupported_codec: 'The video is in a format that is not taken here. Convert it, to H.264 for example, and upload it again.',
  no_frames: SOURCE,
  too_long: 'The video is longer than this installation takes.',
  too_many_pixels: 'The pictures of the video are larger than this installation takes.',
  too_many_streams: 'There are more tracks in the file than this installation takes.',
  ffmpeg_failed: AGAIN,
  ffmpeg_stalled: AGAIN,
  memory_exceeded: SOURCE,
  output_exceeded: SOURCE,
  time_exceeded: 'The video took longer to encode than is allowed here.',
  output_invalid: AGAIN,
  message_too_large: SOURCE,
  disk_full: HOSTS,
  disk_low: HOSTS,
  disk_too_small: HOSTS,
  files_missing: 'The files of an earlier stage are gone. Retry starts from what is still there.',
  store_unavailable: 'The object store could not be reached. Retry when it is back.',
  store_refused: 'The object store refused. Whoever runs this installation should look at its credentials.',
  database_unavailable: 'The database could not be reached. Retry when it is back.',
  worker_lost: 'The worker died or was cut off again and again while it had this video; the video may be what kills it.',
  internal_error: 'This is a fault of Sluice; the log says more.',
  cancelled: 'Somebody cancelled it. Retry takes it up again.',
};

/**
 * What a person can make of an error code.
 *
 * @param {string} code
 * @returns {string} a sentence, or nothing for a code of a later version
 */
export function adviceOn(code) {
  return ADVICE[code] ?? '';
}
