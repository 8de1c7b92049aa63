// Until playback begins, only the first segment is loaded, as files with `preload="metadata"`.
const PRELOAD_SECONDS = 1;
const HLS = 'application/vnd.apple.mpegurl';

let library = null;

/**
 * Loads hls.js once.
 *
 * @returns {Promise<?function>} null if it cannot be loaded or the browser has no Media Source Extensions
 */
export function hlsLibrary() {
  library ??= import('./hls.min.js').then(() => (globalThis.Hls.isSupported() ? globalThis.Hls : null), () => null);
  return library;
}

/**
 * Plays an HLS stream with hls.js. Subtitles are elements `track`, as for files.
 *
 * @param {function} Hls
 * @param {HTMLVideoElement} video
 * @param {{url: string, position: number, quality: ?string}} stream `position`: of the start, in seconds; `quality`: as in `select`
 * @param {{onLevels: function(Object[]): void, onLevel: function(string): void, onError: function(): void}} handlers
 *     `onLevels` receives quality, width and height of each rendition in the stream; `onLevel` the quality that is shown
 * @returns {{select: function(?string): boolean, close: function(): void}} `select` switches to a quality (null: chosen by
 *     bandwidth), or returns false if the stream does not have it
 */
export function hlsSource(Hls, video, { url, position, quality: first }, { onLevels, onLevel, onError }) {
  const hls = new Hls({
    startPosition: position,
    maxMaxBufferLength: PRELOAD_SECONDS,
    // A worker needs a script from a blob, which the Content-Security-Policy forbids; fragments of MP4 need no conversion.
    enableWorker: false,
    timelineController: undefined,
    subtitleTrackController: undefined,
    subtitleStreamController: undefined,
  });
  // At the end of a growing stream the video waits. With this position hls.js would seek back by segments.
  Object.defineProperty(hls, 'liveSyncPosition', { value: null });
  let chosen = first;
  let qualities = null;
  function select(quality) {
    chosen = quality;
    const level = qualities?.indexOf(quality) ?? -1;
    if (level >= 0 && video.readyState > 0) {
      // At once; from the next segment on, a short video would end in the former rendition.
      hls.currentLevel = level;
    } else if (qualities) {
      hls.loadLevel = level;
    }
    return level >= 0 || quality === null || qualities === null;
  }
  hls.on(Hls.Events.MANIFEST_PARSED, (event, { levels }) => {
    qualities = levels.map(({ uri }) => qualityOf(uri));
    onLevels(levels.map(({ width, height }, index) => ({ quality: qualities[index], width, height })));
    if (chosen !== null) {
      select(chosen);
    }
  });
  hls.on(Hls.Events.LEVEL_SWITCHED, (event, { level }) => {
    onLevel(qualities[level]);
    // A choice during the first request: hls.js cannot replace what has not arrived.
    if (chosen !== null && qualities[level] !== chosen) {
      select(chosen);
    }
  });
  hls.on(Hls.Events.ERROR, (event, { fatal }) => fatal && onError());
  video.addEventListener('play', () => { hls.config.maxMaxBufferLength = Hls.DefaultConfig.maxMaxBufferLength; }, { once: true });
  hls.loadSource(url);
  hls.attachMedia(video);
  return { select, close: () => hls.destroy() };
}

/**
 * Whether the browser plays HLS without a library.
 *
 * @param {HTMLVideoElement} video
 * @returns {boolean}
 */
export function playsHls(video) {
  return video.canPlayType(HLS) !== '';
}

/**
 * Plays a file, or a stream without a library.
 *
 * @param {HTMLVideoElement} video
 * @param {{url: string, position: number, crossOrigin: ?string}} source `position`: of the start, in seconds
 * @returns {{select: function(): boolean, close: function(): void}} as of {@link hlsSource}; the quality cannot be switched
 */
export function urlSource(video, { url, position, crossOrigin }) {
  const start = () => { video.currentTime = position; };
  video.crossOrigin = crossOrigin;
  video.src = url;
  if (position > 0) {
    video.addEventListener('loadedmetadata', start, { once: true });
  }
  return { select: () => false, close: () => video.removeEventListener('loadedmetadata', start) };
}

/** The name of a rendition is part of the name of its playlist. */
function qualityOf(uri) {
  return decodeURIComponent(new URL(uri, location.href).pathname.match(/video_([^/]+)\.m3u8$/)?.[1] ?? '');
}
