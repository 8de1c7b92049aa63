import { h, setText } from './dom.js';
import { STAGES, stagesOf } from './stages.js';

const WORDS = { waiting: 'waiting', running: 'running', done: 'done', failed: 'failed' };

/**
 * The three stages as chambers that fill one after the other.
 *
 * @param {{large?: boolean}} [options] large: with the names of the stages
 * @returns {{node: HTMLElement, show: function(Object): void}} `show` takes the job
 */
export function stageBar({ large = false } = {}) {
  const chambers = STAGES.map(({ key, label }) => {
    const water = h('div', { class: 'water' });
    const bar = h('div', {
      class: 'chamber-bar', role: 'progressbar', 'aria-label': label, 'aria-valuemin': 0, 'aria-valuemax': 100, 'data-testid': `stage-${key}`,
    }, water);
    const note = h('span', { class: 'chamber-note' });
    const head = large && h('div', { class: 'chamber-head', 'aria-hidden': 'true' }, h('span', { class: 'chamber-name' }, label), note);
    return { node: h('div', { class: 'chamber' }, head, bar), bar, water, note };
  });

  return {
    node: h('div', { class: large ? 'stages large' : 'stages' }, ...chambers.map(({ node }) => node)),
    show(job) {
      stagesOf(job).forEach(({ percent, state }, at) => {
        const { node, bar, water, note } = chambers[at];
        const text = state === 'running' ? `${percent}%` : WORDS[state];
        node.dataset.state = state;
        bar.setAttribute('aria-valuenow', percent);
        bar.setAttribute('aria-valuetext', state === 'failed' ? `failed at ${percent}%` : text);
        // A transform moves without a layout. Below nothing: the edge of an empty chamber would show.
        water.style.transform = `translateX(${percent > 0 ? percent - 100 : -102}%)`;
        setText(note, text);
      });
    },
  };
}
