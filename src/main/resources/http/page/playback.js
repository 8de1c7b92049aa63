import { hlsLibrary, hlsSource, playsHls, urlSource } from './stream-source.js';

/**
 * Selects what a video plays: its stream, or a file if the stream cannot be played.
 *
 * @param {HTMLVideoElement} video
 * @param {{renew: function(): Promise<void>, onChange: function(Object): void, onLevel: function(string): void}} handlers `renew`
 *     requests new URLs and passes them to `offer`; `onChange` receives the `renditions`, the `levels` of the stream that is
 *     played, whether there is a `stream`, the `choice`, and whether something is `playable`; `onLevel` the quality that is shown
 * @returns {{offer: function(Object): Promise<void>, choose: function(?string): void, close: function(): void}} `offer` takes the
 *     renditions, smallest first, and key and URL of the stream or null; `choose` a quality, null: chosen by bandwidth; `close` ends
 *     all requests until `offer` is called again
 */
export function playback(video, { renew, onChange, onLevel }) {
  const unplayable = new Set();
  let Hls = null;
  let renditions = [];
  let stream = null;
  let levels = [];
  let choice = null;
  let playing = null;
  let source = null;
  let position = 0;
  let renewedUrl = null;
  let offers = 0;

  const rendition = () => renditions.find(({ quality }) => quality === choice) ?? renditions.at(-1) ?? null;
  const changed = () => onChange({ renditions, levels, stream: stream !== null, choice, playable: playing !== null });

  /** Plays a stream or a rendition from the same position, or nothing. */
  function open(target) {
    const { paused, playbackRate } = video;
    stop();
    playing = target;
    if (target?.key && Hls) {
      const onLevels = (available) => { levels = available; changed(); };
      source = hlsSource(Hls, video, { url: target.url, position, quality: choice }, { onLevels, onLevel, onError });
    } else if (target) {
      choice = target.quality ?? null;
      // Chromium plays playlists that name objects of another origin only with CORS; files need none.
      source = urlSource(video, { url: target.url, position, crossOrigin: target.key ? 'anonymous' : null });
    }
    changed();
    // A new source has the default rate.
    video.playbackRate = playbackRate;
    if (!paused && target) {
      video.play().catch(() => {});
    }
  }

  function stop() {
    // A source that has not begun to play is at 0, not at its start.
    if (video.currentTime > 0 || video.seeking || video.readyState > video.HAVE_METADATA) {
      position = video.currentTime;
    }
    source?.close();
    source = null;
    levels = [];
  }

  // An expired URL causes an error. Renewed once for each URL: a broken file would cause an endless loop.
  async function onError() {
    const failed = playing;
    if (failed?.key && (video.currentTime === 0 || failed.url === renewedUrl)) {
      unplayable.add(failed.key);
      stream = null;
      open(rendition());
    } else if (failed && failed.url !== renewedUrl) {
      await renew();
      if (playing === failed) {
        open((failed.key && stream) || rendition());
        renewedUrl = playing?.url;
      }
    }
  }
  video.addEventListener('error', onError);

  /** The stream of a video that was being encoded is followed by that of the whole video when playback pauses or seeks. */
  function replaceStream() {
    if (playing?.key && stream && stream.key !== playing.key && !video.ended) {
      open(stream);
    }
  }
  ['pause', 'seeking', 'waiting'].forEach((type) => video.addEventListener(type, replaceStream));

  return {
    async offer({ renditions: available, stream: offered }) {
      const offer = ++offers;
      Hls = offered ? await hlsLibrary() : Hls;
      if (offer !== offers) {
        return;
      }
      renditions = available;
      stream = offered && (Hls || playsHls(video)) && !unplayable.has(offered.key) ? offered : null;
      if (!playing) {
        open(stream ?? rendition());
      } else if (video.paused) {
        replaceStream();
      }
      changed();
    },
    choose(quality) {
      choice = quality;
      if (source.select(quality)) {
        changed();
      } else {
        open(quality === null ? stream : rendition());
      }
    },
    close() {
      offers++;
      stop();
      video.pause();
      playing = null;
      changed();
    },
  };
}
