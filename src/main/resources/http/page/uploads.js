import { h, icon } from './dom.js';
import { interruptedRow } from './interrupted-row.js';
import { keyOf, removeStoredUpload, storedUploads } from './stored-uploads.js';
import { runningTasks } from './upload-lock.js';
import { uploadRow } from './upload-row.js';

const MAX_CONCURRENT = 2;

/**
 * The drop zone, the uploads and the interrupted uploads. Created once: uploads continue while another view is shown.
 *
 * @returns {{node: HTMLElement, choose: function(): void, update: function(Object): void, reset: function(): void,
 *     videoName: function(string): (string|undefined)}} `choose` opens the file dialog; `videoName`: the file name of a job that
 *     was uploaded from this page
 */
export function uploads() {
  const rows = new Set();
  const interrupted = new Map();
  const list = h('ul', { class: 'uploads', role: 'list', 'aria-label': 'Your uploads' });
  const input = h('input', {
    type: 'file', id: 'file', accept: 'video/*,.mkv,.ts,.mts,.m2ts,.mxf', multiple: true, class: 'visually-hidden', 'data-testid': 'file-input',
    onchange: choose,
  });
  const zone = h('div', { class: 'drop-zone', 'data-testid': 'drop-zone' },
    icon('upload'),
    h('p', { class: 'drop-title' }, 'Drop videos here'),
    h('p', { class: 'hint' }, 'or choose them from this device. Each is encoded as 360p, 540p and 720p, with thumbnails.'),
    input,
    h('label', { for: 'file', class: 'primary button' }, 'Choose videos'));
  const section = h('section', { 'aria-label': 'Upload' }, zone, list);

  function choose() {
    add(input.files);
    input.value = '';
    if (!section.isConnected) {
      location.hash = '#/';
    }
  }

  function add(files) {
    for (const file of files) {
      const key = keyOf(file);
      const unfinished = [...rows].find((row) => keyOf(row.file) === key && row.state() !== 'done');
      if (unfinished) {
        unfinished.continue();
        continue;
      }
      const row = uploadRow(file, { onSettled: next, onRemove: () => remove(row) });
      rows.add(row);
      list.prepend(row.node);
      interrupted.get(key)?.node.remove();
      interrupted.delete(key);
    }
    next();
  }

  function remove(row) {
    rows.delete(row);
    removeNode(row.node);
  }

  function removeNode(node) {
    // Keeps the focus near the removed button.
    const neighbour = node.nextElementSibling ?? node.previousElementSibling;
    const hadFocus = node.contains(document.activeElement);
    node.remove();
    if (hadFocus) {
      (neighbour?.querySelector('button') ?? input).focus();
    }
  }

  /** Shows the uploads that no tab of this browser continues. */
  async function showInterrupted() {
    const running = await runningTasks();
    const own = new Set([...rows].map(({ file }) => keyOf(file)));
    for (const [key, stored] of storedUploads()) {
      if (!running.has(key) && !own.has(key) && !interrupted.has(key)) {
        const row = interruptedRow(stored, { onChoose: () => input.click(), onRemove: () => forget(key) });
        interrupted.set(key, row);
        list.append(row.node);
        row.show();
      }
    }
  }

  function forget(key) {
    // Otherwise the file was chosen again meanwhile.
    if (interrupted.has(key)) {
      removeStoredUpload(key);
      removeNode(interrupted.get(key).node);
      interrupted.delete(key);
    }
  }

  function next() {
    const all = [...rows];
    const available = MAX_CONCURRENT - all.filter(isActive).length;
    all.filter((row) => row.state() === 'queued').slice(0, Math.max(0, available)).forEach((row) => row.start());
  }

  acceptDrops(zone, add);
  window.addEventListener('beforeunload', (event) => {
    if ([...rows].some((row) => isActive(row) || row.state() === 'queued')) {
      event.preventDefault();
    }
  });

  return {
    node: section,
    choose: () => input.click(),
    update: (update) => rows.forEach((row) => row.update(update)),
    reset() {
      rows.forEach((row) => row.reload());
      showInterrupted();
    },
    videoName: (jobId) => [...rows].find((row) => row.node.dataset.jobId === jobId)?.file.name,
  };
}

function isActive(row) {
  return row.state() === 'sending' || row.state() === 'retrying';
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
