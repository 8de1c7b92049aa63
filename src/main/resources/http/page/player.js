import { h, setChildren } from './dom.js';
import { labelOf } from './rendition.js';

/**
 * Plays the selected rendition.
 *
 * @param {{renew: function(): Promise<void>}} handlers `renew` requests new URLs and passes them to `show`
 * @returns {{node: HTMLElement, show: function(Object[], string=): void, seek: function(number): void, pause: function(): void}}
 *     `show` takes the renditions, smallest first, and a poster
 */
export function player({ renew }) {
  const video = h('video', { controls: true, playsinline: true, preload: 'metadata', 'data-testid': 'player', 'aria-label': 'Video' });
  const select = h('select', { id: 'rendition', 'data-testid': 'rendition-select', onchange: () => play(select.value) });
  const file = h('a', { target: '_blank', rel: 'noreferrer' }, 'Open file');
  const node = h('div', { class: 'player' }, video,
    h('div', { class: 'player-bar' }, h('label', { for: 'rendition' }, 'Rendition'), select, file));
  let renditions = [];
  let current = null;
  let renewedUrl = null;

  /** Switches to another rendition at the same position. */
  function play(quality) {
    const rendition = renditions.find((one) => one.quality === quality) ?? renditions.at(-1);
    const { currentTime, paused } = video;
    const started = current !== null;
    current = rendition.quality;
    select.value = current;
    file.href = rendition.url;
    video.src = rendition.url;
    if (started && currentTime > 0) {
      video.addEventListener('loadedmetadata', () => { video.currentTime = currentTime; }, { once: true });
    }
    if (started && !paused) {
      video.play().catch(() => {});
    }
  }

  // An expired URL causes an error event. Renewed once for each URL: a broken file would cause an endless loop.
  video.addEventListener('error', () => {
    if (renewedUrl !== video.src) {
      const position = video.currentTime;
      renew().then(() => {
        play(current);
        renewedUrl = video.src;
        video.addEventListener('loadedmetadata', () => { video.currentTime = position; }, { once: true });
      });
    }
  });

  return {
    node,
    show(available, poster) {
      renditions = available;
      node.hidden = renditions.length === 0;
      setChildren(select, ...renditions.map((rendition) => h('option', { value: rendition.quality }, labelOf(rendition))));
      if (poster && !video.poster) {
        video.poster = poster;
      }
      if (renditions.length > 0 && current === null) {
        play(renditions.at(-1).quality);
      } else if (current !== null) {
        select.value = current;
      }
    },
    seek(seconds) {
      video.currentTime = seconds;
      video.scrollIntoView({ block: 'nearest' });
    },
    pause: () => video.pause(),
  };
}
