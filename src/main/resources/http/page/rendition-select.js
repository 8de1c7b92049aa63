import { h, setChildren, setText } from './dom.js';
import { bytes } from './format.js';

const AUTOMATIC = 'automatic';

/**
 * The choice of a rendition, with a link to its file.
 *
 * @param {{onChoose: function(?string): void}} handlers `onChoose` takes a quality; null: chosen by bandwidth
 * @returns {{nodes: HTMLElement[], show: function(Object): void, showLevel: function(string): void}} `show` takes `renditions`,
 *     smallest first, their `levels` in a stream, whether there is a `stream`, and the `choice`; `showLevel` the quality that
 *     is played
 */
export function renditionSelect({ onChoose }) {
  const automatic = h('option', { value: AUTOMATIC }, 'Automatic');
  const select = h('select', {
    id: 'rendition', 'data-testid': 'rendition-select', onchange: () => onChoose(select.value === AUTOMATIC ? null : select.value),
  });
  const file = h('a', { target: '_blank', rel: 'noreferrer' }, 'Open file');
  let chosen = null;
  let level = null;

  function showLevel(quality) {
    level = quality;
    setText(automatic, chosen === null && level ? `Automatic (${level})` : 'Automatic');
  }

  return {
    nodes: [h('label', { for: 'rendition' }, 'Rendition'), select, file],
    show({ renditions, levels, stream, choice }) {
      // While a video is encoded, only its stream has renditions.
      const choices = renditions.length > 0 ? renditions : levels;
      setChildren(select, stream && automatic, ...choices.map((one) => h('option', { value: one.quality }, labelOf(one))));
      select.value = choice ?? AUTOMATIC;
      const rendition = renditions.find(({ quality }) => quality === choice) ?? renditions.at(-1);
      file.hidden = rendition === undefined;
      file.href = rendition?.url ?? '';
      chosen = choice;
      showLevel(level);
    },
    showLevel,
  };
}

function labelOf({ quality, width, height, file_size: size }) {
  return [quality, width > 0 && `${width} × ${height}`, size > 0 && bytes(size)].filter(Boolean).join(' · ');
}
