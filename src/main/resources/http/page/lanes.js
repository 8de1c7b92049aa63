const NAMES = { download: 'Download', processing: 'Processing', segment: 'Segments', join: 'Joining', upload: 'Upload' };

/**
 * What a stage run belongs to, in words.
 *
 * @param {string} stage
 * @returns {string}
 */
export function stageName(stage) {
  return NAMES[stage] ?? stage;
}

/**
 * Lays the runs of a job out in time: a lane for each stage, and in it as many tracks as there were runs at once.
 *
 * @param {Object[]} runs
 * @param {number} now ms
 * @returns {{from: number, to: number, lanes: {stage: string, all: number, runs: Object[], tracks: Object[][], from: number,
 *     to: number}[]}} times in ms; `all` counts those that have not begun, too; each run in a track has `from` and `to`
 */
export function lanesOf(runs, now) {
  const begun = runs
    .filter(({ started_at: at }) => at)
    .map((run) => ({ ...run, from: Date.parse(run.started_at), to: run.finished_at ? Date.parse(run.finished_at) : now }));
  const from = Math.min(...begun.map((run) => run.from));
  const to = Math.max(from + 1, ...begun.map((run) => run.to));
  const order = Object.keys(NAMES);
  const stages = [...new Set(begun.map(({ stage }) => stage))].sort((one, other) => order.indexOf(one) - order.indexOf(other));
  const lanes = stages.map((stage) => {
    const mine = begun.filter((run) => run.stage === stage).sort((one, other) => one.from - other.from);
    const all = runs.filter((run) => run.stage === stage).length;
    return { stage, all, runs: mine, tracks: tracksOf(mine), from: mine[0].from, to: Math.max(...mine.map((run) => run.to)) };
  });
  return { from, to, lanes };
}

/** The first track that is free by then takes the run: that needs the fewest. */
function tracksOf(byStart) {
  const tracks = [];
  byStart.forEach((run) => {
    const free = tracks.find((track) => track.at(-1).to <= run.from);
    if (free) {
      free.push(run);
    } else {
      tracks.push([run]);
    }
  });
  return tracks;
}
