import { h } from './dom.js';

/**
 * The subtitles, captions and chapters of a video as elements `track`, unless its stream brings its own.
 *
 * @param {HTMLVideoElement} video
 * @returns {{show: function(Object[]): void}} `show` takes the text tracks of the API
 */
export function textTracks(video) {
  let available = [];

  function update() {
    const own = [...video.querySelectorAll('track')];
    if (video.textTracks.length > own.length) {
      own.forEach((track) => track.remove());
    } else if (own.length === 0 && video.readyState > 0) {
      video.append(...available.map((track) => h('track', {
        kind: track.kind, src: track.signed_url, srclang: track.language ?? 'und', label: track.label, default: track.default,
      })));
    }
  }

  // The tracks of a stream are known with its metadata.
  video.addEventListener('loadedmetadata', update);
  return {
    show(tracks) {
      available = tracks.filter((track) => track.signed_url);
      // URLs expire. A track is loaded when it is enabled.
      [...video.querySelectorAll('track')].forEach((track, index) => {
        if (track.readyState !== HTMLTrackElement.LOADED && available[index]) {
          track.src = available[index].signed_url;
        }
      });
      update();
    },
  };
}
