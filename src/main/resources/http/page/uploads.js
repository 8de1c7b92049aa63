import { h, icon } from './dom.js';
import { uploadRow } from './upload-row.js';

const MAX_CONCURRENT = 2;

/**
 * The drop zone and the uploads. Created once: uploads continue while another view is shown.
 *
 * @returns {{node: HTMLElement, update: function(Object): void, reset: function(): void, videoName: function(string): (string|undefined)}}
 *     `videoName`: the file name of a job that was uploaded from this page
 */
export function uploads() {
  const rows = new Set();
  const list = h('ul', { class: 'uploads', role: 'list', 'aria-label': 'Your uploads' });
  const input = h('input', {
    type: 'file', id: 'file', accept: 'video/*,.mkv,.ts,.mts,.m2ts,.mxf', multiple: true, class: 'visually-hidden', 'data-testid': 'file-input',
    onchange: () => { add(input.files); input.value = ''; },
  });
  const zone = h('div', { class: 'drop-zone', 'data-testid': 'drop-zone' },
    icon('upload'),
    h('p', { class: 'drop-title' }, 'Drop videos here'),
    h('p', { class: 'hint' }, 'or choose them from this device. Each is encoded as 360p, 540p and 720p, with thumbnails.'),
    input,
    h('label', { for: 'file', class: 'primary button' }, 'Choose videos'));
  const section = h('section', { 'aria-label': 'Upload' }, zone, list);

  function add(files) {
    for (const file of files) {
      const row = uploadRow(file, { onSettled: next, onRemove: () => remove(row) });
      rows.add(row);
      list.prepend(row.node);
    }
    next();
  }

  function remove(row) {
    // Keeps the focus near the removed button.
    const neighbour = row.node.nextElementSibling ?? row.node.previousElementSibling;
    rows.delete(row);
    row.node.remove();
    (neighbour?.querySelector('button') ?? input).focus();
  }

  function next() {
    const all = [...rows];
    const available = MAX_CONCURRENT - all.filter((row) => row.isSending()).length;
    all.filter((row) => row.isWaiting()).slice(0, Math.max(0, available)).forEach((row) => row.start());
  }

  acceptDrops(zone, add);
  window.addEventListener('beforeunload', (event) => {
    if ([...rows].some((row) => row.isSending() || row.isWaiting())) {
      event.preventDefault();
    }
  });

  return {
    node: section,
    update: (update) => rows.forEach((row) => row.update(update)),
    reset: () => rows.forEach((row) => row.reload()),
    videoName: (jobId) => [...rows].find((row) => row.node.dataset.jobId === jobId)?.name,
  };
}

function acceptDrops(zone, add) {
  // Entering a child element fires dragleave for the parent: enter and leave events are counted.
  let depth = 0;
  const over = (change) => {
    depth = change === 0 ? 0 : Math.max(0, depth + change);
    zone.toggleAttribute('data-over', depth > 0);
  };
  zone.addEventListener('dragenter', (event) => { event.preventDefault(); over(1); });
  zone.addEventListener('dragleave', () => over(-1));
  zone.addEventListener('drop', (event) => { over(0); add(event.dataTransfer.files); });
  // A file dropped outside the zone would replace the page and abort the uploads.
  window.addEventListener('dragover', (event) => event.preventDefault());
  window.addEventListener('drop', (event) => event.preventDefault());
}
