/**
 * Creates an element. Children that are not nodes become text, so that data never becomes markup.
 *
 * @param {string} tag
 * @param {Object<string, *>} [attributes] a function is a listener (`onclick`), true an empty attribute, false and null none
 * @param {...(Node|string|number|null|undefined|false)} children
 * @returns {HTMLElement}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') {
      element.addEventListener(name.slice(2), value);
    } else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value === true ? '' : value);
    }
  }
  setChildren(element, ...children);
  return element;
}

/**
 * Replaces the children of an element.
 *
 * @param {Element} element
 * @param {...(Node|string|number|null|undefined|false)} children
 */
export function setChildren(element, ...children) {
  element.replaceChildren(...children.flat().filter(isChild).map((child) => (child instanceof Node ? child : String(child))));
}

/**
 * Sets the text of an element if it differs: a screen reader would read the same text again.
 *
 * @param {Element} element
 * @param {string} text
 */
export function setText(element, text) {
  if (element.textContent !== text) {
    element.textContent = text;
  }
}

/**
 * Creates an icon from the sprite in index.html; decorative, hidden from screen readers.
 *
 * @param {string} name
 * @returns {SVGElement}
 */
export function icon(name) {
  const space = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(space, 'svg');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS(space, 'use');
  use.setAttribute('href', `#icon-${name}`);
  svg.append(use);
  return svg;
}

function isChild(child) {
  return child !== null && child !== undefined && child !== false;
}
