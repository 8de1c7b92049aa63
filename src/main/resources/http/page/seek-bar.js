import { h, setText } from './dom.js';
import { timecode } from './format.js';
import { storyboard } from './storyboard.js';

// Of the thumb of the range: its centre does not reach the ends.
const THUMB_PX = 16;

/**
 * Seeks in a video, and shows the frame of a position that has the pointer or the focus. Hidden without a storyboard.
 *
 * @param {HTMLVideoElement} video
 * @param {{renew: function(): Promise<void>}} handlers `renew` requests new URLs and passes them to `show`
 * @returns {{node: HTMLElement, show: function(?string): void}} `show` takes the URL of the storyboard, if there is one
 */
export function seekBar(video, { renew }) {
  const board = storyboard({ renew });
  const range = h('input', {
    type: 'range', min: 0, max: 0, value: 0, 'aria-label': 'Position', 'data-testid': 'seek-bar',
    oninput: () => { video.currentTime = range.value; showPosition(); showTile(Number(range.value)); },
    onpointermove: (event) => showTile(secondsAt(event.clientX)),
    onpointerleave: hideTile,
    onfocus: () => range.matches(':focus-visible') && showTile(Number(range.value)),
    onblur: hideTile,
  });
  const image = h('img', { alt: '', onerror: () => board.renew() });
  const time = h('span');
  const tile = h('div', { class: 'tile', 'data-testid': 'storyboard-tile', 'aria-hidden': 'true', hidden: true }, image, time);
  const node = h('div', { class: 'seek-bar', hidden: true }, tile, range);
  let wanted = null;

  function secondsAt(x) {
    const { left, width } = range.getBoundingClientRect();
    return Math.min(1, Math.max(0, (x - left - THUMB_PX / 2) / (width - THUMB_PX))) * video.duration;
  }

  async function showTile(seconds) {
    wanted = seconds;
    const found = await board.tileAt(seconds);
    if (wanted !== seconds || !found) {
      return;
    }
    const { sheet, x, y, width, height } = found;
    image.src = sheet;
    Object.assign(image.style, { width: `${width}px`, height: `${height}px`, objectPosition: `${-x}px ${-y}px` });
    setText(time, timecode(seconds));
    tile.hidden = false;
    const center = THUMB_PX / 2 + (seconds / video.duration) * (range.clientWidth - THUMB_PX);
    const left = Math.min(range.clientWidth - tile.offsetWidth, Math.max(0, center - tile.offsetWidth / 2));
    tile.style.left = `${range.offsetLeft + left}px`;
  }

  function hideTile() {
    wanted = null;
    tile.hidden = true;
  }

  function showPosition() {
    range.max = Math.floor(video.duration) || 0;
    range.value = video.currentTime;
    range.setAttribute('aria-valuetext', `${timecode(video.currentTime)} of ${timecode(video.duration || 0)}`);
    if (!tile.hidden && !range.matches(':hover')) {
      showTile(video.currentTime);
    }
  }
  ['timeupdate', 'durationchange'].forEach((type) => video.addEventListener(type, showPosition));

  return {
    node,
    show(url) {
      board.show(url);
      node.hidden = !url;
    },
  };
}
