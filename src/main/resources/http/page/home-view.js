import { h } from './dom.js';
import { jobList } from './job-list.js';

/**
 * The start view: uploads and jobs.
 *
 * @param {{uploads: {node: HTMLElement}}} shared
 * @returns {{node: HTMLElement, title: string, update: function(Object): void, reset: function(): void, close: function(): void}}
 */
export function homeView({ uploads }) {
  const list = jobList();
  const node = h('div', { class: 'view' },
    h('h1', { tabindex: '-1' }, 'Videos'),
    uploads.node,
    list.node);
  list.reset();
  return { node, title: 'Videos', update: list.update, reset: list.reset, close: list.close };
}
