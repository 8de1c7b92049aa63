import { h, setChildren } from './dom.js';
import { labelOf } from './rendition.js';

const HLS = 'application/vnd.apple.mpegurl';
const AUTOMATIC = 'automatic';

/**
 * Plays the HLS stream, if the browser can, or the selected rendition.
 *
 * @param {{renew: function(): Promise<void>}} handlers `renew` requests new URLs and passes them to `show`
 * @returns {{node: HTMLElement, show: function(Object): void, seek: function(number): void, pause: function(): void}}
 *     `show` takes the renditions, smallest first, and if they exist the URLs of poster and HLS stream, and text tracks
 */
export function player({ renew }) {
  const video = h('video', { controls: true, playsinline: true, preload: 'metadata', 'data-testid': 'player', 'aria-label': 'Video' });
  const select = h('select', { id: 'rendition', 'data-testid': 'rendition-select', onchange: () => play(select.value) });
  const file = h('a', { target: '_blank', rel: 'noreferrer' }, 'Open file');
  // Hidden until it has something to play: the browser rejects `play()` when a source is set afterwards.
  const node = h('div', { class: 'player', hidden: true }, video,
    h('div', { class: 'player-bar' }, h('label', { for: 'rendition' }, 'Rendition'), select, file));
  let renditions = [];
  let stream = null;
  let textTracks = [];
  let current = null;
  let renewedUrl = null;
  let playsStreams = video.canPlayType(HLS) !== '';

  /** Switches to the stream or a rendition, at the same position. */
  function play(choice) {
    const rendition = renditions.find((one) => one.quality === choice) ?? renditions.at(-1);
    const automatic = choice === AUTOMATIC && stream !== null;
    const { currentTime, paused } = video;
    const started = current !== null;
    current = automatic ? AUTOMATIC : rendition.quality;
    select.value = current;
    file.href = rendition.url;
    // Chromium plays playlists that name objects of another origin only with CORS; files need none.
    video.crossOrigin = automatic ? 'anonymous' : null;
    video.src = automatic ? stream : rendition.url;
    if (started && currentTime > 0) {
      video.addEventListener('loadedmetadata', () => { video.currentTime = currentTime; }, { once: true });
    }
    if (started && !paused) {
      video.play().catch(() => {});
    }
  }

  // A stream brings its own subtitles in some browsers.
  video.addEventListener('loadedmetadata', () => {
    video.querySelectorAll('track').forEach((track) => track.remove());
    if (video.textTracks.length === 0) {
      video.append(...textTracks.filter((track) => track.signed_url).map((track) => h('track', {
        kind: track.kind, src: track.signed_url, srclang: track.language ?? 'und', label: track.label, default: track.default,
      })));
    }
  });

  function showChoices() {
    setChildren(select, stream !== null && h('option', { value: AUTOMATIC }, 'Automatic'),
      ...renditions.map((rendition) => h('option', { value: rendition.quality }, labelOf(rendition))));
  }

  // An expired URL causes an error event. Renewed once for each URL: a broken file would cause an endless loop.
  video.addEventListener('error', () => {
    const position = video.currentTime;
    if (current === AUTOMATIC && (position === 0 || renewedUrl === video.src)) {
      playsStreams = false;
      stream = null;
      showChoices();
      play(null);
    } else if (renewedUrl !== video.src) {
      renew().then(() => {
        play(current);
        renewedUrl = video.src;
        video.addEventListener('loadedmetadata', () => { video.currentTime = position; }, { once: true });
      });
    }
  });

  return {
    node,
    show({ renditions: available, poster, hls, tracks }) {
      renditions = available;
      stream = playsStreams && hls ? hls : null;
      textTracks = tracks;
      node.hidden = renditions.length === 0;
      showChoices();
      if (poster && !video.poster) {
        video.poster = poster;
      }
      if (renditions.length > 0 && current === null) {
        play(AUTOMATIC);
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
