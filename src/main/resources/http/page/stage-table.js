import { call } from './api.js';
import { confirmAction } from './confirm-dialog.js';
import { h, setChildren } from './dom.js';
import { stageName } from './stages.js';

const STAGES = ['download', 'processing', 'segment', 'join', 'upload'];

/**
 * Pauses and resumes stages on all workers.
 *
 * @param {{onDone: function(string): void, onProblem: function(Error): void}} handlers
 * @returns {{node: HTMLElement, show: function(string[]): void}}
 */
export function stageControls({ onDone, onProblem }) {
  const node = h('ul', { class: 'chips', 'data-testid': 'stage-controls' });

  function control(stage, paused) {
    const label = paused ? 'Resume' : 'Pause';
    return h('li', { 'data-stage': stage, 'data-paused': paused }, `${stageName(stage)}${paused ? ' (paused)' : ''} `,
      h('button', { type: 'button', class: 'quiet', 'aria-label': `${label}: ${stageName(stage)}`, onclick: () => act(stage, paused) }, label));
  }

  async function act(stage, paused) {
    const confirmed = paused || await confirmAction({
      title: `Pause ${stageName(stage)} on all workers?`,
      text: 'Runs in progress continue. Jobs wait in the queue until the stage is resumed.',
      yes: 'Pause',
      no: 'Keep running',
    });
    if (confirmed) {
      try {
        onDone((await call(`/stages/${stage}/${paused ? 'resume' : 'pause'}`, { method: 'POST' })).message);
      } catch (problem) {
        onProblem(problem);
      }
    }
  }

  let shown;
  return {
    node,
    show(pausedStages) {
      // A button that is replaced loses the focus.
      if (shown !== pausedStages.join()) {
        setChildren(node, ...STAGES.map((stage) => control(stage, pausedStages.includes(stage))));
        shown = pausedStages.join();
      }
    },
  };
}
