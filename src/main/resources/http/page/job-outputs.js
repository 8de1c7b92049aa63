import { call, pathSegment } from './api.js';
import { h, setChildren } from './dom.js';
import { timecode } from './format.js';
import { noticeArea } from './notice.js';
import { player } from './player.js';

// Links are asked for anew a little before they run out.
const MARGIN_MS = 60_000;

/**
 * What was made of a video: the player and the thumbnails.
 *
 * @param {string} id of the job
 * @returns {{node: HTMLElement, show: function({status: string}): void}}
 */
export function jobOutputs(id) {
  const notice = noticeArea();
  const thumbnails = h('ul', { class: 'thumbnails', role: 'list', 'aria-label': 'Thumbnails' });
  const screen = player({ renewed: () => load(true) });
  const node = h('section', { class: 'outputs', 'aria-label': 'Results', hidden: true }, notice.node, screen.node, thumbnails);
  let expires = 0;
  let loading = null;

  /** Shares one request between all who ask at once. */
  function load(anew = false) {
    if (!anew && Date.now() < expires) {
      return Promise.resolve();
    }
    loading ??= call(`/jobs/${pathSegment(id)}/outputs`)
      .then((answer) => {
        expires = (Date.parse(answer.expires_at) || Date.now()) - MARGIN_MS;
        show(answer.outputs);
        notice.clear();
      })
      .catch((problem) => notice.show(problem, () => load(true)))
      .finally(() => { loading = null; });
    return loading;
  }

  function show(made) {
    const pictures = made.filter(({ type }) => type === 'thumbnail').sort((one, other) => one.timestamp - other.timestamp);
    const films = made.filter(({ type }) => type === 'scaled').sort((one, other) => one.height - other.height);
    screen.show(films, pictures[0]?.url);
    setChildren(thumbnails, ...pictures.map(({ url, timestamp = 0, width, height }) => h('li', {},
      h('button', { type: 'button', class: 'thumbnail', 'aria-label': `Go to ${timecode(timestamp)}`, onclick: () => screen.seek(timestamp) },
        h('img', { src: url, alt: '', width, height, loading: 'lazy' }),
        h('span', { 'aria-hidden': 'true' }, timecode(timestamp))))));
    node.hidden = made.length === 0;
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
        screen.pause();
      }
    },
  };
}
