const WINDOW_MS = 10_000;
// A shorter time mostly measures how fast the buffers of the device fill.
const MIN_MS = 1_000;

/**
 * Measures the speed of a transfer over the last ten seconds.
 *
 * @returns {{add: function(number): void, bytesPerSecond: function(): (number|undefined)}} `add` takes the bytes sent so far
 */
export function transferRate() {
  let samples = [];
  return {
    add(bytes) {
      const at = performance.now();
      // An upload that continues may start at an earlier offset.
      const valid = bytes < (samples.at(-1)?.bytes ?? 0) ? [] : samples.filter((sample) => at - sample.at < WINDOW_MS);
      samples = [...valid, { at, bytes }];
    },
    bytesPerSecond() {
      const [first, last] = [samples[0], samples.at(-1)];
      return last && last.at - first.at >= MIN_MS ? ((last.bytes - first.bytes) / (last.at - first.at)) * 1_000 : undefined;
    },
  };
}
