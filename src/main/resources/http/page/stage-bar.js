import { h, setText } from './dom.js';
import { STAGES, stagesOf } from './stages.js';

const LABELS = { waiting: 'waiting', running: 'running', done: 'completed', failed: 'failed', cancelled: 'cancelled' };

/**
 * The progress bars of the three stages.
 *
 * @param {{large?: boolean}} [options] large: with the stage names
 * @returns {{node: HTMLElement, show: function(Object): void}} `show` takes the job
 */
export function stageBar({ large = false } = {}) {
  const stages = STAGES.map(({ key, label }) => {
    const fill = h('div', { class: 'bar-fill' });
    const bar = h('div', {
      class: 'bar', role: 'progressbar', 'aria-label': label, 'aria-valuemin': 0, 'aria-valuemax': 100, 'data-testid': `stage-${key}`,
    }, fill);
    const note = h('span', { class: 'stage-note' });
    const head = large && h('div', { class: 'stage-head', 'aria-hidden': 'true' }, h('span', { class: 'stage-name' }, label), note);
    return { node: h('div', { class: 'stage' }, head, bar), bar, fill, note };
  });

  return {
    node: h('div', { class: large ? 'stages large' : 'stages' }, ...stages.map(({ node }) => node)),
    show(job) {
      stagesOf(job).forEach(({ percent, state }, at) => {
        const { node, bar, fill, note } = stages[at];
        const text = state === 'running' ? `${percent}%` : LABELS[state];
        node.dataset.state = state;
        bar.setAttribute('aria-valuenow', percent);
        bar.setAttribute('aria-valuetext', state === 'failed' || state === 'cancelled' ? `${text} at ${percent}%` : text);
        // A transform needs no layout. -102% hides the edge of an empty bar.
        fill.style.transform = `translateX(${percent > 0 ? percent - 100 : -102}%)`;
        setText(note, text);
      });
    },
  };
}
