import { h, setChildren, setText } from './dom.js';
import { countOf, duration } from './format.js';
import { attemptsOf, timelineOf } from './run-timeline.js';
import { stageName } from './stages.js';

const STATES = { waiting: 'Pending', running: 'In progress', done: 'Completed', failed: 'Failed' };

/**
 * The duration of each attempt of each stage, as a chart and as a table.
 *
 * @returns {{node: HTMLElement, show: function(Object): void}} `show` takes the job
 */
export function timings() {
  const chart = h('div', { class: 'chart', role: 'img' });
  const total = h('p', { class: 'hint' });
  const body = h('tbody');
  const caption = h('summary');
  const head = [['Stage'], ['Task', 'number'], ['Attempt', 'number'], ['State'], ['Duration', 'number'], ['CPU time', 'number'], ['Worker']].map(([title, kind]) => h('th', { scope: 'col', class: kind }, title));
  const table = h('div', { class: 'scroll', role: 'region', 'aria-label': 'All attempts', tabindex: '0' }, h('table', {}, h('thead', {}, h('tr', {}, ...head)), body));
  const node = h('section', { class: 'panel', 'data-testid': 'timings', 'aria-labelledby': 'timings-title' },
    h('div', { class: 'section-head' }, h('h2', { id: 'timings-title' }, 'Timings'), total),
    chart, h('details', {}, caption, table));

  return {
    node,
    show({ runs = [], status }) {
      const layout = timelineOf(runs, Date.now());
      node.hidden = layout.lanes.length === 0;
      if (node.hidden) {
        return;
      }
      const elapsed = duration((layout.to - layout.from) / 1000);
      setText(total, status === 'PROCESSING' ? `${elapsed} so far` : `${elapsed} in total`);
      chart.setAttribute('aria-label', `${layout.lanes.map(describe).join('; ')}. The table below lists every attempt.`);
      setChildren(chart, ...layout.lanes.map((lane) => laneNode(lane, layout)));
      const attempts = runs.flatMap(attemptsOf);
      setText(caption, `All attempts as a table (${attempts.length})`);
      setChildren(body, ...attempts.map(tableRow));
    },
  };
}

function describe(lane) {
  const tasks = lane.total > 1 ? `, ${tasksOf(lane)}` : '';
  return `${stageName(lane.stage)}${tasks}: ${duration((lane.to - lane.from) / 1000)}`;
}

function tasksOf({ started, total }) {
  return started < total ? `${started} of ${countOf(total, 'task')}` : countOf(total, 'task');
}

function laneNode(lane, { from, to }) {
  const percent = (time) => `${((time - from) / (to - from)) * 100}%`;
  const hasTasks = lane.total > 1;
  const tracks = lane.tracks.map((track) => h('div', { class: hasTasks ? 'track thin' : 'track' }, ...track.map((attempt) => {
    const mark = h('span', { class: 'run', 'data-state': attempt.state, title: titleOf(attempt) });
    mark.style.left = percent(attempt.from);
    mark.style.width = percent(from + attempt.to - attempt.from);
    return mark;
  })));
  const name = h('div', { class: 'lane-name' }, h('span', {}, stageName(lane.stage)), hasTasks && h('small', {}, tasksOf(lane)));
  return h('div', { class: 'lane' }, name, h('div', { class: 'tracks' }, ...tracks), h('div', { class: 'lane-time' }, duration((lane.to - lane.from) / 1000)));
}

function titleOf(attempt) {
  const parts = [stageName(attempt.stage), `task ${attempt.task + 1}`, `attempt ${attempt.attempt}`, STATES[attempt.state], duration((attempt.to - attempt.from) / 1000)];
  return [...parts, attempt.worker, attempt.error].filter(Boolean).join(' · ');
}

function tableRow(attempt) {
  const state = STATES[attempt.state] ?? attempt.state;
  return h('tr', {},
    h('th', { scope: 'row' }, stageName(attempt.stage)),
    h('td', { class: 'number' }, attempt.task + 1),
    h('td', { class: 'number' }, attempt.attempt || '–'),
    h('td', {}, attempt.error ? `${state}: ${attempt.error}` : state),
    h('td', { class: 'number' }, attempt.seconds === undefined ? '–' : duration(attempt.seconds)),
    h('td', { class: 'number' }, attempt.cost ? duration(attempt.cost.cpu_seconds) : '–'),
    h('td', {}, attempt.worker ?? '–'));
}
