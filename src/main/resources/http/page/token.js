import { h } from './dom.js';

const KEY = 'sluice.token';

/**
 * The bearer token, stored for this tab until it is closed.
 *
 * @returns {string|null}
 */
export function token() {
  return sessionStorage.getItem(KEY);
}

/** Removes the token. */
export function removeToken() {
  sessionStorage.removeItem(KEY);
}

/**
 * The authorization header of a request, if there is a token.
 *
 * @returns {Object<string, string>}
 */
export function authorization() {
  return token() ? { Authorization: `Bearer ${token()}` } : {};
}

/**
 * The form for the token.
 *
 * @param {string} detail the error message of the API
 * @param {function(): void} onDone called after the token is stored
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
  return h('section', { class: 'sign-in' },
    h('h1', { tabindex: '-1' }, 'Sign in'),
    h('p', { class: 'lead' }, token() ? `The token was not accepted. ${detail}` : 'This installation requires a bearer token.'),
    h('form', { 'data-testid': 'token-form', onsubmit },
      h('label', { for: 'token' }, 'Bearer token'),
      field,
      h('p', { id: 'token-help', class: 'hint' }, 'Stored in this tab only, until you close it.'),
      h('button', { class: 'primary' }, 'Continue')));
}
