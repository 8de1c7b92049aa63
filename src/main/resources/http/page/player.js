import { h } from './dom.js';
import { playback } from './playback.js';
import { renditionSelect } from './rendition-select.js';
import { seekBar } from './seek-bar.js';
import { textTracks } from './text-tracks.js';

/**
 * Plays the outputs of a job.
 *
 * @param {{renew: function(): Promise<void>}} handlers `renew` requests new URLs and passes them to `show`
 * @returns {{node: HTMLElement, show: function(Object): Promise<void>, seek: function(number): void, close: function(): void}}
 *     `show` takes the renditions, smallest first, the text tracks, the URLs of poster and storyboard, if they exist, and key and
 *     URL of the stream or null; `close` ends playback and all requests until `show` is called again
 */
export function player({ renew }) {
  const video = h('video', { controls: true, playsinline: true, preload: 'metadata', 'data-testid': 'player', 'aria-label': 'Video' });
  const select = renditionSelect({ onChoose: (quality) => sources.choose(quality) });
  const sources = playback(video, { renew, onChange, onLevel: select.showLevel });
  const tracks = textTracks(video);
  const seeking = seekBar(video, { renew });
  // Hidden until it has something to play: the browser rejects `play()` when a source is set afterwards.
  const node = h('div', { class: 'player', hidden: true }, video, seeking.node, h('div', { class: 'player-bar' }, ...select.nodes));

  function onChange({ playable, ...choices }) {
    select.show(choices);
    node.hidden = !playable;
  }

  return {
    node,
    async show({ renditions, stream, poster, textTracks: texts, storyboard }) {
      if (poster && !video.poster) {
        video.poster = poster;
      }
      await sources.offer({ renditions, stream });
      tracks.show(texts);
      seeking.show(storyboard);
    },
    seek(seconds) {
      video.currentTime = seconds;
      video.scrollIntoView({ block: 'nearest' });
    },
    close: sources.close,
  };
}
