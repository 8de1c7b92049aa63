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
 * The attempts at a run, oldest first. One that did not end well is told of both by itself and, while it is the last, by
 * its run; it counts once.
 *
 * @param {Object} run
 * @returns {Object[]} each with `stage`, `task`, `state` and what the API tells of it; a run that waits for its first attempt,
 *     or its next, has one for that without `started_at`
 */
export function attemptsOf(run) {
  const failed = (run.failed_attempts ?? []).map((attempt) => ({ ...attempt, stage: run.stage, task: run.task, state: 'failed' }));
  const told = failed.some((attempt) => attempt.started_at && attempt.started_at === run.started_at);
  if (!told) {
    return [...failed, { ...run, attempt: run.attempts }];
  }
  return run.state === 'waiting' ? [...failed, { stage: run.stage, task: run.task, state: 'waiting', attempt: run.attempts + 1 }] : failed;
}

/**
 * Lays the attempts of a job's runs out in time: a lane for each stage, and in it as many tracks as there were at once.
 *
 * @param {Object[]} runs
 * @param {number} now ms
 * @returns {{from: number, to: number, lanes: {stage: string, begun: number, all: number, tracks: Object[][], from: number,
 *     to: number}[]}} times in ms; `begun` and `all` count runs; each attempt in a track has `from` and `to`
 */
export function timelineOf(runs, now) {
  const begun = runs
    .flatMap(attemptsOf)
    .filter(({ started_at: at }) => at)
    .map((attempt) => ({ ...attempt, from: Date.parse(attempt.started_at), to: attempt.finished_at ? Date.parse(attempt.finished_at) : now }));
  const from = Math.min(...begun.map((attempt) => attempt.from));
  const to = Math.max(from + 1, ...begun.map((attempt) => attempt.to));
  const order = Object.keys(NAMES);
  const stages = [...new Set(begun.map(({ stage }) => stage))].sort((one, other) => order.indexOf(one) - order.indexOf(other));
  const lanes = stages.map((stage) => {
    const mine = begun.filter((attempt) => attempt.stage === stage).sort((one, other) => one.from - other.from);
    return {
      stage,
      begun: new Set(mine.map(({ task }) => task)).size,
      all: runs.filter((run) => run.stage === stage).length,
      tracks: tracksOf(mine),
      from: mine[0].from,
      to: Math.max(...mine.map((attempt) => attempt.to)),
    };
  });
  return { from, to, lanes };
}

/** The first track that is free by then takes the attempt: that needs the fewest. */
function tracksOf(byStart) {
  const tracks = [];
  byStart.forEach((attempt) => {
    const free = tracks.find((track) => track.at(-1).to <= attempt.from);
    if (free) {
      free.push(attempt);
    } else {
      tracks.push([attempt]);
    }
  });
  return tracks;
}
