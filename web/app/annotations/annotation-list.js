// The annotations of the page's range as a list, with the choice of what charts draw.

import { h, replace } from '../dom.js';
import { icon } from '../icons.js';
import { openDialog } from '../popover.js';
import { current, navigate, range, zone } from '../router.js';
import { markSpan } from '../spans.js';
import { formatInstant, formatSpan } from '../zone.js';
import { editAnnotation } from './annotation-form.js';
import { fetchAnnotations, onAnnotations } from './annotations.js';
import { ANNOTATION_KINDS } from './kinds.js';

/** What charts can draw besides their own figures. */
const DRAWN = [...Object.entries(ANNOTATION_KINDS).map(([kind, { label }]) => [kind, label]), ['alert', 'Alerts']];

/** Opens the list. */
export function openAnnotations() {
  const list = h('div', { class: 'annotation-list', 'aria-live': 'polite' });
  const draw = () => drawList(list, close);
  const stop = onAnnotations(draw);
  const close = openDialog('Annotations', [
    h('fieldset', { class: 'annotation-kinds' }, h('legend', {}, 'Drawn on charts'), DRAWN.map(([kind, label]) => h('label', { class: 'radio' },
      h('input', { type: 'checkbox', checked: !current().hide.includes(kind), onchange: (event) => toggle(kind, event.target.checked) }), label))),
    h('div', { class: 'form-foot' }, h('button', { type: 'button', class: 'button', onclick: () => editAnnotation({}) }, icon('plus'), 'New annotation')),
    list,
    h('p', { class: 'muted' }, 'Deployments can write theirs: POST /api/v1/annotations, or Grafana\u2019s /api/annotations.'),
  ], { className: 'dialog-wide', onclose: () => stop() });
  draw();
}

function toggle(kind, shown) {
  const { hide } = current();
  navigate({ hide: shown ? hide.filter((other) => other !== kind) : [...hide, kind] }, { replace: true });
}

async function drawList(host, close) {
  try {
    const annotations = await fetchAnnotations(range());
    replace(host, annotations.length === 0 ? h('p', { class: 'muted' }, 'None in this range.') : h('ul', {}, [...annotations].reverse().map((item) => row(item, close))));
  } catch (error) { replace(host, h('p', { class: 'form-error', role: 'alert' }, error.message)); }
}

function row(annotation, close) {
  const from = Date.parse(annotation.time);
  const to = annotation.time_end ? Date.parse(annotation.time_end) : from;
  const kind = ANNOTATION_KINDS[annotation.kind] ?? ANNOTATION_KINDS.note;
  return h('li', {},
    h('span', { class: `annotation-sign kind-${annotation.kind}`, title: kind.one }, icon(kind.icon)),
    h('div', { class: 'annotation-main' }, h('strong', {}, annotation.title || kind.one), annotation.text && h('p', {}, annotation.text),
      h('p', { class: 'muted' }, [to > from ? formatSpan(from, to, zone()) : formatInstant(from, zone()), kind.one, ...(annotation.tags ?? [])].join(' \u00b7 '))),
    h('span', { class: 'row-actions' },
      h('button', { type: 'button', class: 'button small', onclick: () => { close(); markSpan(from, to > from ? to : from + 600_000); } }, 'What changed?'),
      h('button', { type: 'button', class: 'button small', onclick: () => editAnnotation(annotation) }, 'Change')));
}
