// Who acts: a name is asked for once and remembered in this browser.

import { h } from '../dom.js';
import { openDialog } from '../popover.js';
import { personName, rememberPerson } from './parts.js';

/** The person's name, asked for where it is not known; null where nobody wants to say. With `text` also a text, for notes. */
export function askPerson(title, { text: label, button = 'Go on', value = '' } = {}) {
  if (personName() && !label) return Promise.resolve({ author: personName(), text: '' });
  return new Promise((resolve) => {
    let answer = null;
    const name = h('input', { type: 'text', autocomplete: 'name', required: true, value: personName() });
    const text = label && h('textarea', { class: 'text-area', rows: '3' });
    if (text) text.value = value;
    const close = openDialog(title, h('form', {
      class: 'form', onsubmit: (event) => {
        event.preventDefault();
        if (!name.value.trim()) { name.focus(); return; }
        rememberPerson(name.value.trim());
        answer = { author: name.value.trim(), text: text ? text.value.trim() : '' };
        close();
      },
    },
    text && h('label', { class: 'field' }, h('span', {}, label), text), h('label', { class: 'field' }, h('span', {}, 'Your name'), name),
    h('div', { class: 'form-foot' }, h('button', { type: 'submit', class: 'button primary' }, button))), { onclose: () => resolve(answer) });
    (text && personName() ? text : name).focus();
  });
}
