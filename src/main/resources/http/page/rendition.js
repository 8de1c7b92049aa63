import { bytes } from './format.js';

/**
 * A rendition in a few words.
 *
 * @param {{quality: string, width: number, height: number, file_size: number}} film
 * @returns {string}
 */
export function labelOf({ quality, width, height, file_size: size }) {
  return [quality, width > 0 && `${width} × ${height}`, size > 0 && bytes(size)].filter(Boolean).join(' · ');
}
