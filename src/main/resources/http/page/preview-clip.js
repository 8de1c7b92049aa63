import { h } from './dom.js';

const REDUCED_MOTION = matchMedia('(prefers-reduced-motion: reduce)');

/**
 * A button with the preview clip of a video, which a click starts and stops. It also plays while a mouse points at it, unless the
 * user prefers reduced motion.
 *
 * @param {{url: string, width: number, height: number}} clip
 * @returns {HTMLElement}
 */
export function previewClip({ url, width, height }) {
  const video = h('video', {
    src: url, width, height, loop: true, playsinline: true, preload: 'metadata', 'data-testid': 'preview',
  });
  // The attribute has no effect after the element has been created.
  video.muted = true;

  // A pause before the data have arrived rejects it.
  const play = () => video.play().catch(() => {});

  return h('button', {
    type: 'button', class: 'thumbnail', 'aria-label': 'Play or pause the preview',
    onpointerenter: ({ pointerType }) => pointerType === 'mouse' && !REDUCED_MOTION.matches && play(),
    onpointerleave: () => video.pause(),
    onclick: () => (video.paused ? play() : video.pause()),
  }, video, h('span', { 'aria-hidden': 'true' }, 'Preview'));
}
