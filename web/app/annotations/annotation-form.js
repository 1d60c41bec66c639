// The form of an annotation: when, what kind, what happened.

import { serverNow } from '../clock.js';
import { h } from '../dom.js';
import { openDialog, toast } from '../popover.js';
import { zone } from '../router.js';
import { resolveInstant } from '../time-range.js';
import { formatInstant } from '../zone.js';
import { removeAnnotation, saveAnnotation } from './annotations.js';
import { ANNOTATION_KINDS } from './kinds.js';

/** Opens the form for `annotation`: one of the server, or the beginning of a new one (without `id`). */
export function editAnnotation(annotation) {
  const { id } = annotation;
  const shown = (time) => (time ? formatInstant(Date.parse(time), zone()) : '');
  const text = (name, value, more = {}) => h('input', { type: 'text', name, value, autocomplete: 'off', ...more });
  const fields = {
    title: text('title', annotation.title ?? '', { required: true, maxlength: '200' }),
    time: text('time', shown(annotation.time ?? new Date(serverNow()).toISOString()), { required: true, spellcheck: 'false' }),
    end: text('end', shown(annotation.time_end), { placeholder: 'optional', spellcheck: 'false' }),
    tags: text('tags', (annotation.tags ?? []).join(', '), { placeholder: 'gateway, eu' }),
    kind: h('select', { class: 'select', name: 'kind' }, Object.entries(ANNOTATION_KINDS).map(([kind, { one }]) => h('option', { value: kind, selected: kind === (annotation.kind ?? 'note') }, one))),
    text: h('textarea', { class: 'text-area', name: 'text', rows: '3' }),
  };
  fields.text.value = annotation.text ?? '';
  const error = h('p', { class: 'form-error', role: 'alert' });
  const act = async (work, done) => {
    try { await work(); close(); toast(done); } catch (problem) { error.textContent = problem.message; }
  };
  const label = (name, field) => h('label', { class: 'field' }, h('span', {}, name), field);
  const close = openDialog(id ? 'Annotation' : 'New annotation', h('form', {
    class: 'form', onsubmit: (event) => { event.preventDefault(); act(() => saveAnnotation(id, written(fields)), id ? 'Annotation changed' : 'Annotation added'); },
  },
  label('What happened', fields.title),
  h('div', { class: 'form-row' }, label('Kind', fields.kind), label('Time', fields.time), label('End', fields.end)),
  label('Text', fields.text), label('Tags', fields.tags), error,
  h('div', { class: 'form-foot' },
    id && h('button', { type: 'button', class: 'button', onclick: () => act(() => removeAnnotation(id), 'Annotation removed') }, 'Remove'),
    h('button', { type: 'submit', class: 'button primary' }, id ? 'Save' : 'Add'))));
  fields.title.focus();
}

// Throws RangeError where a time is none.
function written(fields) {
  const instant = (text) => new Date(resolveInstant(text, serverNow(), zone())).toISOString();
  const end = fields.end.value.trim();
  return {
    title: fields.title.value.trim(), kind: fields.kind.value, text: fields.text.value.trim(), time: instant(fields.time.value), ...(end && { time_end: instant(end) }),
    tags: fields.tags.value.split(',').map((tag) => tag.trim()).filter(Boolean),
  };
}
