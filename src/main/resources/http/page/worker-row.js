import { call, pathSegment } from './api.js';
import { confirmAction } from './confirm-dialog.js';
import { h } from './dom.js';
import { stageName } from './stages.js';

const STATES = { RUNNING: 'Running', DRAINING: 'Draining', LOST: 'Lost' };

/**
 * A worker with its verticles and actions.
 *
 * @param {Object} worker of `GET /hosts`
 * @param {{onDone: function(string): void, onProblem: function(Error): void}} handlers
 * @returns {HTMLElement}
 */
export function workerRow(worker, { onDone, onProblem }) {
  const consumers = worker.verticles.filter(({ concurrency, instances }) => concurrency > 0 && instances > 0);
  const buttons = worker.state === 'LOST' ? [] : [
    button('redeploy', 'Redeploy', '', {
      title: 'Redeploy the stages of this worker?',
      text: `${worker.worker} loads its configuration file. Runs that do not finish within 10 s are requeued.`,
      body: { action: 'redeploy', verticles: consumers.map(({ name }) => name), drainSeconds: 10 },
    }),
    button('drain', 'Drain', 'quiet bad', {
      title: 'Drain this worker?',
      text: `${worker.worker} consumes nothing more until its restart. Runs that do not finish within 30 s are requeued.`,
      body: { action: 'drain', drainSeconds: 30 },
    }),
  ];

  function button(id, label, style, question) {
    return h('button', {
      type: 'button', class: style, 'data-testid': id, 'aria-label': `${label}: ${worker.worker}`,
      disabled: consumers.length === 0, onclick: () => act(label, question),
    }, label);
  }

  async function act(label, { title, text, body }) {
    if (!await confirmAction({ title, text, yes: label, no: 'Keep running' })) {
      return;
    }
    buttons.forEach((each) => { each.disabled = true; });
    try {
      onDone((await call(`/hosts/${pathSegment(worker.worker)}/commands`, { method: 'POST', body })).message);
    } catch (problem) {
      onProblem(problem);
    }
  }

  return h('tr', { 'data-testid': 'worker-row', 'data-worker': worker.worker },
    h('th', { scope: 'row' }, worker.worker,
      h('small', {}, `${STATES[worker.state] ?? worker.state}, version ${worker.version}, seen ${worker.lastSeenSeconds} s ago, configuration ${worker.config.digest || 'fixed'}`),
      worker.config.error && h('small', { class: 'bad' }, worker.config.error),
      ...worker.verticles.filter(({ problem }) => problem).map(({ name, problem }) =>
        h('small', { class: 'bad', 'data-testid': 'verticle-problem' }, `${stageName(name)}: ${problem}`)),
      h('div', { class: 'row-buttons' }, ...buttons)),
    h('td', {}, h('ul', { class: 'chips' }, ...worker.verticles.filter(({ instances }) => instances > 0).map(verticle))));
}

function verticle({ name, instances, concurrency, inUse, state }) {
  const suffix = state === 'RUNNING' ? '' : ` (${state.toLowerCase()})`;
  return h('li', { 'data-verticle': name, 'data-state': state }, `${stageName(name)}${suffix} `,
    concurrency > 0 && h('b', {}, `${inUse}/${instances * concurrency}`));
}
