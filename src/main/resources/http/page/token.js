import { h } from './dom.js';

const KEY = 'sluice.token';

/**
 * The bearer token. It lives as long as the tab and nowhere but in it.
 *
 * @returns {string|null}
 */
export function token() {
  return sessionStorage.getItem(KEY);
}

/** Forgets the token. */
export function forgetToken() {
  sessionStorage.removeItem(KEY);
}

/**
 * The headers that a request needs.
 *
 * @returns {Object<string, string>}
 */
export function authorization() {
  return token() ? { Authorization: `Bearer ${token()}` } : {};
}

/**
 * Asks for a token.
 *
 * @param {string} detail why, in the words of the API
 * @param {function(): void} onDone what to do when there is one
 * @returns {HTMLElement}
 */
export function tokenForm(detail, onDone) {
  const field = h('input', {
    id: 'token', type: 'password', autocomplete: 'off', spellcheck: 'false', required: true, 'aria-describedby': 'token-help',
  });
  const onsubmit = (event) => {
    event.preventDefault();
    const given = field.value.trim().replace(/^bearer\s+/i, '');
    if (given) {
      sessionStorage.setItem(KEY, given);
      onDone();
    }
  };
  return h('section', { class: 'gate' },
    h('h1', { tabindex: '-1' }, 'Sign in'),
    h('p', { class: 'lead' }, token() ? `The token was not accepted. ${detail}` : 'This installation asks for a bearer token.'),
    h('form', { 'data-testid': 'token-form', onsubmit },
      h('label', { for: 'token' }, 'Bearer token'),
      field,
      h('p', { id: 'token-help', class: 'hint' }, 'It is kept in this tab only, and gone when you close it.'),
      h('button', { class: 'primary' }, 'Continue')));
}
