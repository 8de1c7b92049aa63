/**
 * Parses a text/event-stream (HTML standard, section 9.2) from chunks of any size.
 *
 * @param {function({type: string, data: string, id: string}): void} onEvent
 * @returns {{push: function(string): void}}
 */
export function eventParser(onEvent) {
  let rest = '';
  let type = '';
  let data = [];
  let id = '';

  function line(text) {
    if (text === '') {
      if (data.length > 0) {
        onEvent({ type: type || 'message', data: data.join('\n'), id });
      }
      type = '';
      data = [];
      return;
    }
    const colon = text.indexOf(':');
    const field = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? '' : text.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') {
      type = value;
    } else if (field === 'data') {
      data.push(value);
    } else if (field === 'id' && !value.includes('\0')) {
      id = value;
    }
    // Comments (an empty field name) and other fields are ignored.
  }

  return {
    push(text) {
      rest += text;
      // A carriage return at the end may be the first half of CRLF.
      const lines = rest.split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop();
      lines.forEach(line);
    },
  };
}
