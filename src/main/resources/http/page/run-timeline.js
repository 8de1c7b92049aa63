import { STAGE_NAMES } from './stages.js';

/**
 * The attempts of a run, oldest first. The API reports a failed attempt in `failed_attempts` and, if it is the last one,
 * also in its run; it is returned once.
 *
 * @param {Object} run
 * @returns {Object[]} each with `stage`, `task`, `state` and the fields of the API; a run that waits for an attempt has one
 *     without `started_at`
 */
export function attemptsOf(run) {
  const failed = (run.failed_attempts ?? []).map((attempt) => ({ ...attempt, stage: run.stage, task: run.task, state: 'failed' }));
  const lastFailed = failed.some((attempt) => attempt.started_at && attempt.started_at === run.started_at);
  if (!lastFailed) {
    // The cost of a run includes its failed attempts.
    const spent = failed.reduce((sum, { cost }) => sum + (cost?.cpu_seconds ?? 0), 0);
    const cost = run.cost && run.state === 'done' ? { cpu_seconds: Math.max(0, run.cost.cpu_seconds - spent) } : undefined;
    return [...failed, { ...run, attempt: run.attempts, cost }];
  }
  return run.state === 'waiting' ? [...failed, { stage: run.stage, task: run.task, state: 'waiting', attempt: run.attempts + 1 }] : failed;
}

/**
 * The timeline of the attempts of a job: a lane for each stage, with a track for each concurrent attempt.
 *
 * @param {Object[]} runs
 * @param {number} now ms
 * @returns {{from: number, to: number, lanes: {stage: string, started: number, total: number, tracks: Object[][], from: number,
 *     to: number}[]}} times in ms; `started` and `total` count runs; each attempt in a track has `from` and `to`
 */
export function timelineOf(runs, now) {
  const started = runs
    .flatMap(attemptsOf)
    .filter(({ started_at: at }) => at)
    .map((attempt) => ({ ...attempt, from: Date.parse(attempt.started_at), to: attempt.finished_at ? Date.parse(attempt.finished_at) : now }));
  const from = Math.min(...started.map((attempt) => attempt.from));
  const to = Math.max(from + 1, ...started.map((attempt) => attempt.to));
  const order = Object.keys(STAGE_NAMES);
  const stages = [...new Set(started.map(({ stage }) => stage))].sort((one, other) => order.indexOf(one) - order.indexOf(other));
  const lanes = stages.map((stage) => {
    const own = started.filter((attempt) => attempt.stage === stage).sort((one, other) => one.from - other.from);
    return {
      stage,
      started: new Set(own.map(({ task }) => task)).size,
      total: runs.filter((run) => run.stage === stage).length,
      tracks: tracksOf(own),
      from: own[0].from,
      to: Math.max(...own.map((attempt) => attempt.to)),
    };
  });
  return { from, to, lanes };
}

/** Puts each attempt in the first free track, which needs the fewest tracks. */
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
