import { fill, h, say } from './dom.js';
import { counted, duration } from './format.js';
import { lanesOf, stageName } from './lanes.js';

const STATES = { waiting: 'Waiting', running: 'Running', done: 'Done', failed: 'Failed' };

/**
 * How long each run of each stage took: a chart, and the same as a table.
 *
 * @returns {{node: HTMLElement, show: function(Object): void}} `show` takes the job
 */
export function timings() {
  const chart = h('div', { class: 'chart', role: 'img' });
  const total = h('p', { class: 'hint' });
  const body = h('tbody');
  const caption = h('summary');
  const head = [['Stage'], ['Task', 'number'], ['State'], ['Attempts', 'number'], ['Time', 'number'], ['Worker']].map(([title, kind]) => h('th', { scope: 'col', class: kind }, title));
  const table = h('div', { class: 'scroll', role: 'region', 'aria-label': 'All runs', tabindex: '0' }, h('table', {}, h('thead', {}, h('tr', {}, ...head)), body));
  const node = h('section', { class: 'panel', 'data-testid': 'timings', 'aria-labelledby': 'timings-title' },
    h('div', { class: 'section-head' }, h('h2', { id: 'timings-title' }, 'Timings'), total),
    chart, h('details', {}, caption, table));

  return {
    node,
    show({ runs = [], status }) {
      const layout = lanesOf(runs, Date.now());
      node.hidden = layout.lanes.length === 0;
      if (node.hidden) {
        return;
      }
      const took = duration((layout.to - layout.from) / 1000);
      say(total, status === 'PROCESSING' ? `${took} so far` : `${took} in all`);
      chart.setAttribute('aria-label', `${layout.lanes.map(inWords).join('; ')}. The table below says the same run by run.`);
      fill(chart, ...layout.lanes.map((lane) => laneNode(lane, layout)));
      say(caption, `All runs as a table (${runs.length})`);
      fill(body, ...runs.map(tableRow));
    },
  };
}

function inWords(lane) {
  const tasks = lane.all > 1 ? `, ${tasksOf(lane)}` : '';
  return `${stageName(lane.stage)}${tasks}: ${duration((lane.to - lane.from) / 1000)}`;
}

function tasksOf({ runs, all }) {
  return runs.length < all ? `${runs.length} of ${counted(all, 'task')}` : counted(all, 'task');
}

function laneNode(lane, { from, to }) {
  const share = (time) => `${((time - from) / (to - from)) * 100}%`;
  const many = lane.all > 1;
  const tracks = lane.tracks.map((track) => h('div', { class: many ? 'track thin' : 'track' }, ...track.map((run) => {
    const mark = h('span', { class: 'run', 'data-state': run.state, title: titleOf(run), 'data-again': run.attempts > 1 });
    mark.style.left = share(run.from);
    mark.style.width = share(from + run.to - run.from);
    return mark;
  })));
  const name = h('div', { class: 'lane-name' }, h('span', {}, stageName(lane.stage)), many && h('small', {}, tasksOf(lane)));
  return h('div', { class: 'lane' }, name, h('div', { class: 'tracks' }, ...tracks), h('div', { class: 'lane-time' }, duration((lane.to - lane.from) / 1000)));
}

function titleOf(run) {
  const parts = [stageName(run.stage), `task ${run.task + 1}`, STATES[run.state], duration((run.to - run.from) / 1000)];
  return [...parts, run.attempts > 1 && counted(run.attempts, 'attempt'), run.worker, run.error].filter(Boolean).join(' · ');
}

function tableRow(run) {
  const state = run.error ? `${STATES[run.state] ?? run.state}: ${run.error}` : STATES[run.state] ?? run.state;
  return h('tr', {},
    h('th', { scope: 'row' }, stageName(run.stage)),
    h('td', { class: 'number' }, run.task + 1),
    h('td', {}, state),
    h('td', { class: 'number' }, run.attempts),
    h('td', { class: 'number' }, run.seconds === undefined ? '–' : duration(run.seconds)),
    h('td', {}, run.worker ?? '–'));
}
