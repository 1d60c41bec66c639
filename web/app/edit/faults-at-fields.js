// What the server found wrong, told beneath the field of the form that says it; the rest is listed at its end.

import { h, replace } from '../dom.js';

let count = 0;

/**
 * Shows `faults` in `form`; those without a field go into `list`. The first field that is wrong gets the focus.
 * @param {{key?: string, message: string, hint?: string}[]} faults  of the API
 * @param {(key: string) => string | null} nameOf  the name of the input that a key of the file is written in
 */
export function showFaults(form, list, faults, nameOf) {
  clearFaults(form);
  const others = [];
  let first = null;
  for (const fault of faults) {
    const name = nameOf(fault.key ?? '');
    const input = name && form.elements.namedItem(name);
    if (!input || input.closest('[hidden]')) { others.push(fault); continue; }
    atField(input, sentence(fault));
    first ??= input;
  }
  replace(list, others.map((fault) => h('li', {}, `${name(fault)}${sentence(fault)}`)));
  first?.focus();
}

/** Takes what is told at fields away. */
export function clearFaults(form) {
  for (const note of form.querySelectorAll('.field-fault')) note.remove();
  for (const input of form.querySelectorAll('[aria-invalid]')) { input.removeAttribute('aria-invalid'); input.removeAttribute('aria-describedby'); }
}

function atField(input, text) {
  const id = input.getAttribute('aria-describedby') ?? `fault-${count += 1}`;
  const known = document.getElementById(id);
  if (known) { known.append(`; ${text}`); return; }
  input.setAttribute('aria-invalid', 'true');
  input.setAttribute('aria-describedby', id);
  (input.closest('.completed') ?? input).after(h('small', { class: 'field-fault', id, role: 'alert' }, text));
}

/** The last part of a key, where the message does not name it. */
function name({ key, message }) {
  const last = (key ?? '').replace(/^sections\[\d+\]\.panels\[\d+\]\.?/, '');
  return !last || (key && message.startsWith(key)) ? '' : `${last}: `;
}

function sentence({ key, message, hint }) {
  const text = key && message.startsWith(key) ? message.slice(key.length).trim() : message;
  return hint ? `${text}; ${hint}` : text;
}
