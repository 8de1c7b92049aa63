import { call } from './api.js';
import { confirmAction } from './confirm-dialog.js';
import { h, setChildren, setText } from './dom.js';
import { duration } from './format.js';
import { sparkline } from './sparkline.js';
import { STAGE_NAMES, stageName } from './stages.js';

const COLUMNS = ['Stage', 'Waiting', 'Oldest wait', '#Running', 'Completed', ''];

/**
 * The work of each stage, now and over the last hour; pauses and resumes stages on all workers.
 *
 * @param {{onDone: function(string): void, onProblem: function(Error): void}} handlers
 * @returns {{node: HTMLElement, show: function({interval_seconds: number, stages: Object[]}): void}} `show` takes a response of the API
 */
export function stageTable(handlers) {
  const rows = new Map(Object.keys(STAGE_NAMES).map((stage) => [stage, stageRow(stage, handlers)]));
  const head = COLUMNS.map((title) => h('th', { scope: 'col', class: title.startsWith('#') && 'number' }, title === '' ? h('span', { class: 'visually-hidden' }, 'Actions') : title.replace('#', '')));
  const node = h('div', { class: 'panel flush wide-table', role: 'region', 'aria-label': 'Stages', tabindex: '0' },
    h('table', { 'aria-label': 'Stages', 'data-testid': 'stage-table' },
      h('thead', {}, h('tr', {}, ...head)),
      h('tbody', {}, ...[...rows.values()].map((row) => row.node))));
  return {
    node,
    show({ interval_seconds: interval, stages }) {
      stages.forEach((stage) => rows.get(stage.stage)?.show(stage, interval));
    },
  };
}

function stageRow(stage, { onDone, onProblem }) {
  const name = h('th', { scope: 'row' });
  const waiting = h('span', { class: 'figure' });
  const running = h('td', { class: 'number' });
  const backlog = sparkline();
  const oldest = h('span', { class: 'figure' });
  const age = sparkline();
  const completed = h('span', { class: 'figure' });
  const throughput = sparkline();
  // The same button at each refresh: one that is replaced would lose the focus.
  const button = h('button', { type: 'button', class: 'quiet', onclick: act });
  const node = h('tr', { 'data-testid': 'stage-row', 'data-stage': stage },
    name, trend(waiting, backlog), trend(oldest, age), running, trend(completed, throughput),
    h('td', { class: 'number' }, button));
  let paused = false;

  async function act() {
    const wasPaused = paused;
    const confirmed = wasPaused || await confirmAction({
      title: `Pause ${stageName(stage)} on all workers?`,
      text: 'Runs in progress continue. Jobs wait in the queue until the stage is resumed.',
      yes: 'Pause',
      no: 'Keep running',
    });
    if (confirmed) {
      try {
        onDone((await call(`/stages/${stage}/${wasPaused ? 'resume' : 'pause'}`, { method: 'POST' })).message);
      } catch (problem) {
        onProblem(problem);
      }
    }
  }

  return {
    node,
    show(now, interval) {
      const { last_hour: hour } = now;
      const last = Math.max(1, Math.round(3600 / interval));
      const perHour = hour.finished.reduce((sum, count) => sum + count, 0);
      paused = now.paused;
      node.toggleAttribute('data-paused', paused);
      setChildren(name, stageName(stage), paused && h('small', {}, 'Paused'));
      setText(waiting, formatted(now.waiting));
      setText(running, formatted(now.running));
      setText(oldest, now.oldest_waiting_seconds > 0 ? duration(now.oldest_waiting_seconds) : '–');
      setText(completed, `${perHour.toLocaleString('en')} in 1 h`);
      backlog.show(hour.waiting, last, `Waiting runs, last hour: ${rangeOf(hour.waiting)}`);
      age.show(hour.oldest_waiting_seconds, last, `Age of the oldest waiting run in seconds, last hour: ${rangeOf(hour.oldest_waiting_seconds)}`);
      throughput.show(hour.finished, last, `Completed runs every ${interval} s, last hour: ${rangeOf(hour.finished)}`);
      const label = paused ? 'Resume' : 'Pause';
      setText(button, label);
      button.setAttribute('aria-label', `${label}: ${stageName(stage)}`);
    },
  };
}

function trend(figure, chart) {
  return h('td', {}, h('div', { class: 'trend' }, figure, chart.node));
}

function rangeOf(values) {
  return values.length === 0 ? 'no sample yet' : `now ${values.at(-1)}, maximum ${Math.max(...values)}`;
}

function formatted(number) {
  return typeof number === 'number' ? number.toLocaleString('en') : '–';
}
