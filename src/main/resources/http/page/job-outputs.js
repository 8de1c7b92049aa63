import { call, pathSegment } from './api.js';
import { h, setChildren } from './dom.js';
import { timecode } from './format.js';
import { noticeArea } from './notice.js';
import { player } from './player.js';
import { previewClip } from './preview-clip.js';

// Presigned URLs are renewed before they expire.
const RENEW_BEFORE_MS = 60_000;

// A job in segments is asked for its growing stream; an update that names it is not waited for.
const POLL_MS = 10_000;

/**
 * The outputs of a job: the player, the preview clip and the thumbnails. While a video is encoded in segments, its growing stream.
 *
 * @param {string} id of the job
 * @returns {{node: HTMLElement, show: function(Object): void, close: function(): void}} `show` takes the job; `close` ends all
 *     requests
 */
export function jobOutputs(id) {
  const notice = noticeArea();
  const thumbnails = h('ul', { class: 'thumbnails', role: 'list', 'aria-label': 'Thumbnails' });
  const screen = player({ renew: () => load(true) });
  const node = h('section', { class: 'outputs', 'aria-label': 'Outputs', hidden: true }, notice.node, screen.node, thumbnails);
  let expires = 0;
  let loading = null;
  // The state whose outputs are shown or requested; null: none.
  let state = null;

  /** Concurrent calls share one request. */
  function load(force = false) {
    if (!force && Date.now() < expires) {
      return Promise.resolve();
    }
    const requested = state;
    loading ??= call(`/jobs/${pathSegment(id)}/outputs`)
      .then((response) => {
        if (state === requested) {
          expires = expiryOf(response);
          notice.clear();
          return show(response);
        }
        return null;
      })
      .catch((problem) => notice.show(problem, () => load(true)))
      .finally(() => {
        loading = null;
        return state === requested || state === null ? null : load(true);
      });
    return loading;
  }

  function show({ outputs: files, streams, text_tracks: textTracks = [] }) {
    const images = files.filter(({ type }) => type === 'thumbnail').sort((one, other) => one.timestamp - other.timestamp);
    const renditions = files.filter(({ type }) => type === 'scaled').sort((one, other) => one.height - other.height);
    const poster = files.find(({ type }) => type === 'poster') ?? images[0];
    const clips = files.filter(({ type }) => type === 'preview').map((clip) => h('li', {}, previewClip(clip)));
    const storyboard = files.find(({ type }) => type === 'storyboard');
    const stream = streams?.hls_url ? { key: streams.hls_key, url: streams.hls_url } : null;
    setChildren(thumbnails, ...clips, ...images.map(({ url, timestamp = 0, width, height }) => h('li', {},
      h('button', { type: 'button', class: 'thumbnail', 'aria-label': `Go to ${timecode(timestamp)}`, onclick: () => screen.seek(timestamp) },
        h('img', { src: url, alt: '', width, height, loading: 'lazy' }),
        h('span', { 'aria-hidden': 'true' }, timecode(timestamp))))));
    node.hidden = files.length === 0 && stream === null;
    return screen.show({ renditions, stream, poster: poster?.url, textTracks, storyboard: storyboard?.signed_url });
  }

  function close() {
    state = null;
    expires = 0;
    screen.close();
  }

  return {
    node,
    show(job) {
      const before = state;
      state = stateOf(job);
      if (state === null) {
        node.hidden = true;
        close();
      } else {
        node.hidden &&= job.status !== 'COMPLETED';
        load(state !== before);
      }
    },
    close,
  };
}

/** Changes when the outputs change; null: the job has none. */
function stateOf({ status, streams, runs = [] }) {
  const growing = status === 'PROCESSING' && (streams?.state === 'growing' || runs.some(({ stage }) => stage === 'segment'));
  return status === 'COMPLETED' || growing ? `${status} ${streams?.hls_key}` : null;
}

function expiryOf({ expires_at: time, outputs, streams }) {
  return outputs.length === 0 && !streams ? Date.now() + POLL_MS : (Date.parse(time) || Date.now()) - RENEW_BEFORE_MS;
}
