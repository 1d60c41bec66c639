// Small parts that the views of the Alerts page share.

import { h } from '../dom.js';
import { formatAge } from '../format.js';
import { icon } from '../icons.js';
import { serverNow } from '../clock.js';
import { zone } from '../router.js';
import { formatInstant } from '../zone.js';

const SIGNS = { critical: 'critical', warning: 'warning', info: 'info', ok: 'ok' };

/** A severity as icon and word. */
export function severityBadge(severity, word = severity) {
  return h('span', { class: `badge severity-${severity}` }, icon(SIGNS[severity] ?? 'info'), word);
}

/** How long ago, with the instant to point at. */
export function ago(ms) {
  if (!Number.isFinite(ms)) return h('span', {}, '\u2013');
  return h('time', { datetime: new Date(ms).toISOString(), title: formatInstant(ms, zone()) }, `${formatAge((serverNow() - ms) / 1000)} ago`);
}

/** An instant in full. */
export function instantOf(ms) {
  return Number.isFinite(ms) ? h('time', { datetime: new Date(ms).toISOString() }, formatInstant(ms, zone(), 'm')) : '\u2013';
}

/** Labels as small tags. */
export function labelTags(pairs) {
  return h('span', { class: 'tags' }, pairs.map(([name, value]) => h('span', { class: 'tag', title: `${name}="${value}"` }, h('span', { class: 'muted' }, name), ` ${value}`)));
}

/** A section of the page in the frame of a panel. */
export function frame(id, title, { tools, note } = {}) {
  const body = h('div', { class: 'panel-body alerts-body' });
  const element = h('section', { class: 'panel span-full', id: `alerts-${id}`, 'aria-labelledby': `alerts-${id}-title` },
    h('header', { class: 'panel-head' }, h('h2', { id: `alerts-${id}-title` }, title), note && h('span', { class: 'panel-unit' }, note), h('div', { class: 'panel-tools' }, tools)), body);
  return { element, body };
}

/** What stands where there is nothing to list. */
export function nothing(title, text, ...more) {
  return h('div', { class: 'notice notice-empty' }, h('div', {}, h('strong', {}, title), text && h('p', { class: 'muted' }, text), more));
}

/** What stands where an answer could not be had. */
export function failure(error, again) {
  return h('div', { class: 'notice notice-error', role: 'alert' }, icon('warning'), h('div', {}, h('strong', {}, 'No answer'), h('p', {}, error.message),
    again && h('button', { type: 'button', class: 'button', onclick: again }, icon('refresh'), 'Try again')));
}

/** A table whose rows become cards on a phone: each cell says what it is. */
export function cardTable(columns, rows, { label } = {}) {
  return h('div', { class: 'scroll-x' }, h('table', { class: 'cards', 'aria-label': label },
    h('thead', {}, h('tr', {}, columns.map((column) => h('th', { scope: 'col', class: column.number ? 'number' : null }, column.label)))),
    h('tbody', {}, rows.map((row) => h('tr', { class: row.class ?? null },
      row.cells.map((cell, index) => h('td', { class: columns[index].number ? 'number' : null, 'data-label': columns[index].label }, h('div', {}, cell))))))));
}

const NAME_KEY = 'gatewatch.person';

/** Who sits here, as they last said; empty where nobody said. */
export function personName() {
  return localStorage.getItem(NAME_KEY) ?? '';
}

/** Remembers who sits here. */
export function rememberPerson(name) {
  localStorage.setItem(NAME_KEY, name);
}
