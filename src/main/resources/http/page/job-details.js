import { h, setChildren } from './dom.js';
import { bytes, dateTime, duration } from './format.js';

const MEDIA = [
  ['Length', ({ duration: seconds }) => seconds > 0 && duration(seconds)],
  ['Picture', ({ width, height, resolution }) => (width > 0 ? `${width} × ${height}` : resolution)],
  ['Codec', ({ codec }) => codec],
  ['Frames', ({ framerate }) => framerate > 0 && `${Math.round(framerate * 100) / 100} per second`],
  ['Bit rate', ({ bitrate }) => bitrate > 0 && `${(bitrate / 1e6).toFixed(bitrate < 1e6 ? 2 : 1)} Mbit/s`],
  ['Size', (known) => (known.fileSize ?? known.file_size) > 0 && bytes(known.fileSize ?? known.file_size)],
  ['Type', (known) => known.mimeType ?? known.mime_type],
];

const JOB = [
  ['Begun', ({ created_at: at }) => at && dateTime(at)],
  ['Ended', ({ completed_at: at }) => at && dateTime(at)],
  ['Object', ({ s3_key: key }) => key],
  ['Medium', ({ media_id: id }) => id],
  ['Owner', ({ user_id: id }) => id],
  ['Job', ({ job_id: id }) => id],
];

/**
 * What is known of a video and its job.
 *
 * @returns {{node: HTMLElement, show: function(Object): void}} `show` takes the job
 */
export function jobDetails() {
  const list = h('dl', { class: 'facts' });
  const node = h('section', { class: 'panel', 'aria-labelledby': 'facts-title' }, h('h2', { id: 'facts-title' }, 'Details'), list);
  return {
    node,
    show(job) {
      setChildren(list, ...rows(MEDIA, job.metadata ?? {}), ...rows(JOB, job));
    },
  };
}

function rows(kinds, source) {
  return kinds
    .map(([label, read]) => [label, read(source)])
    .filter(([, value]) => value)
    .map(([label, value]) => h('div', {}, h('dt', {}, label), h('dd', {}, value)));
}
