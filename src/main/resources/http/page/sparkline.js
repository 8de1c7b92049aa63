const SPACE = 'http://www.w3.org/2000/svg';
const WIDTH = 120;
const HEIGHT = 24;

/**
 * A small chart of one series without axes; the newest value is at the right edge.
 *
 * @returns {{node: SVGElement, show: function(number[], number, string): void}} `show` takes the values, the number of values of
 *     the full width, and a description for screen readers
 */
export function sparkline() {
  const node = element('svg', { class: 'sparkline', viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img' });
  const area = element('path', { class: 'area' });
  const line = element('path', { class: 'line' });
  node.append(area, line);
  return {
    node,
    show(values, capacity, description) {
      const maximum = Math.max(1, ...values);
      const points = values.map((value, at) => {
        const x = WIDTH - (values.length - 1 - at) * (WIDTH / Math.max(1, capacity - 1));
        return `${x.toFixed(1)} ${(HEIGHT - 1 - (value / maximum) * (HEIGHT - 3)).toFixed(1)}`;
      });
      const path = points.length > 0 ? `M${points.join('L')}` : '';
      line.setAttribute('d', path);
      area.setAttribute('d', path && `${path}L${WIDTH} ${HEIGHT}L${points[0].split(' ')[0]} ${HEIGHT}Z`);
      node.setAttribute('aria-label', description);
    },
  };
}

function element(tag, attributes) {
  const made = document.createElementNS(SPACE, tag);
  Object.entries(attributes).forEach(([name, value]) => made.setAttribute(name, value));
  return made;
}
