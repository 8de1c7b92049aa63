import { call, pathSegment } from './api.js';
import { h, setChildren } from './dom.js';
import { timecode } from './format.js';
import { noticeArea } from './notice.js';
import { player } from './player.js';

// Presigned URLs are renewed before they expire.
const RENEW_BEFORE_MS = 60_000;

/**
 * The outputs of a job: the player and the thumbnails.
 *
 * @param {string} id of the job
 * @returns {{node: HTMLElement, show: function({status: string}): void, close: function(): void}} `close` ends all requests
 */
export function jobOutputs(id) {
  const notice = noticeArea();
  const thumbnails = h('ul', { class: 'thumbnails', role: 'list', 'aria-label': 'Thumbnails' });
  const screen = player({ renew: () => load(true) });
  const node = h('section', { class: 'outputs', 'aria-label': 'Outputs', hidden: true }, notice.node, screen.node, thumbnails);
  let expires = 0;
  let loading = null;

  /** Concurrent calls share one request. */
  function load(force = false) {
    if (!force && Date.now() < expires) {
      return Promise.resolve();
    }
    loading ??= call(`/jobs/${pathSegment(id)}/outputs`)
      .then((response) => {
        expires = (Date.parse(response.expires_at) || Date.now()) - RENEW_BEFORE_MS;
        notice.clear();
        return show(response);
      })
      .catch((problem) => notice.show(problem, () => load(true)))
      .finally(() => { loading = null; });
    return loading;
  }

  function show({ outputs: files, streams, text_tracks: textTracks = [] }) {
    const images = files.filter(({ type }) => type === 'thumbnail').sort((one, other) => one.timestamp - other.timestamp);
    const renditions = files.filter(({ type }) => type === 'scaled').sort((one, other) => one.height - other.height);
    const poster = files.find(({ type }) => type === 'poster') ?? images[0];
    setChildren(thumbnails, ...images.map(({ url, timestamp = 0, width, height }) => h('li', {},
      h('button', { type: 'button', class: 'thumbnail', 'aria-label': `Go to ${timecode(timestamp)}`, onclick: () => screen.seek(timestamp) },
        h('img', { src: url, alt: '', width, height, loading: 'lazy' }),
        h('span', { 'aria-hidden': 'true' }, timecode(timestamp))))));
    node.hidden = files.length === 0;
    const storyboard = files.find(({ type }) => type === 'storyboard');
    return screen.show({ renditions, stream: streamOf(streams), poster: poster?.url, textTracks, storyboard: storyboard?.signed_url });
  }

  return {
    node,
    show({ status }) {
      if (status === 'COMPLETED') {
        node.hidden = false;
        load();
      } else {
        expires = 0;
        node.hidden = true;
        screen.close();
      }
    },
    close: screen.close,
  };
}

function streamOf({ hls_key: key, hls_url: url } = {}) {
  return url ? { key, url } : null;
}
