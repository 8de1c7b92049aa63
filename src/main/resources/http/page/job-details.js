import { h, setChildren } from './dom.js';
import { bytes, dateTime, duration } from './format.js';

const MEDIA = [
  ['Duration', ({ duration: seconds }) => seconds > 0 && duration(seconds)],
  ['Frame size', ({ width, height, resolution }) => (width > 0 ? `${width} × ${height}` : resolution)],
  ['Codec', ({ codec }) => codec],
  ['Frame rate', ({ framerate }) => framerate > 0 && `${Math.round(framerate * 100) / 100} fps`],
  ['Bit rate', ({ bitrate }) => bitrate > 0 && `${(bitrate / 1e6).toFixed(bitrate < 1e6 ? 2 : 1)} Mbit/s`],
  ['Loudness', ({ loudness }) => loudness && `${loudness.integrated_lufs.toFixed(1)} LUFS`],
  ['Size', (known) => (known.fileSize ?? known.file_size) > 0 && bytes(known.fileSize ?? known.file_size)],
  ['Type', (known) => known.mimeType ?? known.mime_type],
];

const JOB = [
  ['Created', ({ created_at: at }) => at && dateTime(at)],
  ['Finished', ({ completed_at: at }) => at && dateTime(at)],
  ['Object key', ({ s3_key: key }) => key],
  ['Media ID', ({ media_id: id }) => id],
  ['Owner', ({ user_id: id }) => id],
  ['Job ID', ({ job_id: id }) => id],
  ['Profile', ({ profile }) => profile],
  ['Trace ID', ({ trace_id: id }) => id],
];

const COST = [
  ['CPU time of FFmpeg', ({ cpu_seconds: seconds }) => seconds > 0 && duration(seconds)],
  ['Time of workers', ({ wall_seconds: seconds }) => seconds > 0 && duration(seconds)],
  ['Peak memory of FFmpeg', ({ peak_memory_bytes: count }) => count > 0 && bytes(count)],
  ['Read and written by FFmpeg', ({ bytes_read: read, bytes_written: written }) => read > 0 && `${bytes(read)}, ${bytes(written)}`],
  ['Downloaded and uploaded', ({ bytes_downloaded: down, bytes_uploaded: up }) => down + up > 0 && `${bytes(down)}, ${bytes(up)}`],
];

/**
 * The metadata of a video, its job, and the cost of the job.
 *
 * @returns {{node: HTMLElement, show: function(Object): void}} `show` takes the job
 */
export function jobDetails() {
  const list = h('dl', { class: 'details' });
  const node = h('section', { class: 'panel', 'aria-labelledby': 'details-title' }, h('h2', { id: 'details-title' }, 'Details'), list);
  return {
    node,
    show(job) {
      setChildren(list, ...rows(MEDIA, job.metadata ?? {}), ...rows(JOB, job), ...rows(COST, job.cost ?? {}));
    },
  };
}

function rows(fields, source) {
  return fields
    .map(([label, read]) => [label, read(source)])
    .filter(([, value]) => value)
    .map(([label, value]) => h('div', {}, h('dt', {}, label), h('dd', {}, value)));
}
