import { bytes } from './format.js';

/**
 * The label of a rendition.
 *
 * @param {{quality: string, width: number, height: number, file_size: number}} rendition
 * @returns {string}
 */
export function labelOf({ quality, width, height, file_size: size }) {
  return [quality, width > 0 && `${width} × ${height}`, size > 0 && bytes(size)].filter(Boolean).join(' · ');
}
