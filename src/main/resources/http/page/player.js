import { h, setChildren } from './dom.js';
import { labelOf } from './rendition.js';

/**
 * The video, in the rendition that is chosen.
 *
 * @param {{renewed: function(): Promise<void>}} links `renewed` brings new links by way of `show`
 * @returns {{node: HTMLElement, show: function(Object[], string=): void, seek: function(number): void, pause: function(): void}}
 *     `show` takes the renditions, the smallest first, and a picture
 */
export function player({ renewed }) {
  const video = h('video', { controls: true, playsinline: true, preload: 'metadata', 'data-testid': 'player', 'aria-label': 'The video' });
  const select = h('select', { id: 'rendition', 'data-testid': 'rendition-select', onchange: () => play(select.value) });
  const file = h('a', { target: '_blank', rel: 'noreferrer' }, 'Open the file');
  const node = h('div', { class: 'player' }, video,
    h('div', { class: 'player-bar' }, h('label', { for: 'rendition' }, 'Rendition'), select, file));
  let films = [];
  let shown = null;
  let renewedFor = null;

  /** Takes another source and goes on where the old one was. */
  function play(quality) {
    const film = films.find((one) => one.quality === quality) ?? films.at(-1);
    const { currentTime, paused } = video;
    const begun = shown !== null;
    shown = film.quality;
    select.value = shown;
    file.href = film.url;
    video.src = film.url;
    if (begun && currentTime > 0) {
      video.addEventListener('loadedmetadata', () => { video.currentTime = currentTime; }, { once: true });
    }
    if (begun && !paused) {
      video.play().catch(() => {});
    }
  }

  // A link that ran out shows itself as an error of the video; once for each link, or a broken file would go round for ever.
  video.addEventListener('error', () => {
    if (renewedFor !== video.src) {
      const place = video.currentTime;
      renewed().then(() => {
        play(shown);
        renewedFor = video.src;
        video.addEventListener('loadedmetadata', () => { video.currentTime = place; }, { once: true });
      });
    }
  });

  return {
    node,
    show(made, picture) {
      films = made;
      node.hidden = films.length === 0;
      setChildren(select, ...films.map((film) => h('option', { value: film.quality }, labelOf(film))));
      if (picture && !video.poster) {
        video.poster = picture;
      }
      if (films.length > 0 && shown === null) {
        play(films.at(-1).quality);
      } else if (shown !== null) {
        select.value = shown;
      }
    },
    seek(seconds) {
      video.currentTime = seconds;
      video.scrollIntoView({ block: 'nearest' });
    },
    pause: () => video.pause(),
  };
}
