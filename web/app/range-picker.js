// The global time range: back and forward, the range button with its choices, zoom out; zone and comparison with it.

import { calendarGrid } from './calendar.js';
import { serverNow } from './clock.js';
import { h, replace } from './dom.js';
import { icon } from './icons.js';
import { dayText, moveDay } from './month-grid.js';
import { copyText, openDialog, openPopover, toast } from './popover.js';
import { current, navigate, onNavigate, zone } from './router.js';
import { CALENDAR_RANGES, iso, parseRangeText, QUICK_RANGES, rangeLabel, rangeText, resolveInstant, resolveRange, shiftRange, zoomOut } from './time-range.js';
import { allZones, formatInstant, instant, isZone, localZone, zoneLabel } from './zone.js';

const KEY = 'gatewatch.ranges';
const RECENT_MAX = 6;

/** Moves the page's range by one length; `direction` -1 or 1. */
export function shiftBy(direction) {
  change(() => shiftRange(current(), direction, serverNow(), zone()));
}

/** Widens the page's range. */
export function widen() {
  change(() => zoomOut(current(), serverNow(), zone()));
}

function change(next) {
  try { navigate(next()); } catch (error) { toast(error.message); }
}

/** The control for the page's head. */
export function rangePicker() {
  const label = h('span', { class: 'range-label' });
  const sign = h('span', { class: 'range-zone' });
  const button = h('button',
    { type: 'button', id: 'range', class: 'range-button', 'aria-haspopup': 'dialog', onclick: () => openRange(button) },
    icon('clock'),
    label,
    sign,
    icon('down'),
  );
  const draw = () => {
    label.textContent = rangeLabel(current(), serverNow(), zone());
    sign.textContent = current().tz === 'local' ? '' : zone();
    try { const { from, to } = resolveRange(current(), serverNow(), zone()); button.title = `${formatInstant(from, zone())} \u2013 ${formatInstant(to, zone())}\n${zoneLabel(zone(), from)}`; } catch (error) { button.title = error.message; }
  };
  onNavigate((_, changed) => { if (['from', 'to', 'tz'].some((key) => changed.has(key))) { draw(); remember(); } });
  draw();
  return h('div', { class: 'range', role: 'group', 'aria-label': 'Time range' },
    h('button',
      { type: 'button', class: 'icon-button', 'aria-label': 'Earlier', title: 'Earlier  [', onclick: () => shiftBy(-1) },
      icon('left'),
    ), button,
    h('button', { type: 'button', class: 'icon-button', 'aria-label': 'Later', title: 'Later  ]', onclick: () => shiftBy(1) }, icon('right')),
    h('button', { type: 'button', class: 'icon-button', 'aria-label': 'Zoom out', title: 'Zoom out  z; back  Ctrl+Z', onclick: widen }, icon('zoomOut')));
}

function recent() {
  try { return JSON.parse(localStorage.getItem(KEY)) ?? []; } catch { return []; }
}

function remember() {
  const { from, to } = current();
  if ([...QUICK_RANGES.map(([start]) => [start, 'now']), ...CALENDAR_RANGES].some(([start, end]) => start === from && end === to)) return;
  const list = [{ from, to }, ...recent().filter((item) => item.from !== from || item.to !== to)].slice(0, RECENT_MAX);
  try { localStorage.setItem(KEY, JSON.stringify(list)); } catch { /* remembering is a convenience */ }
}

/** Copies the page's range, for another page or another dashboard. */
export function copyRange() {
  copyText(rangeText(current()), 'Time range copied');
}

/** Takes a copied range: from the clipboard, or where the browser does not allow reading it, from what is pasted into a field. */
export async function pasteRange() {
  let text = null;
  try { text = await navigator.clipboard.readText(); } catch { text = null; }
  if (text !== null && takeText(text)) return;
  const input = h('input', { type: 'text', 'aria-label': 'Copied time range', placeholder: 'now-6h to now', value: text ?? '' });
  const error = h('p', { class: 'form-error', role: 'alert' }, text === null ? '' : 'What was copied is not a time range.');
  const close = openDialog('Paste a time range', h('form', {
    class: 'form', onsubmit: (event) => { event.preventDefault(); if (takeText(input.value)) close(); else error.textContent = 'This is not a time range.'; },
  }, input, error, h('div', { class: 'form-foot' }, h('button', { type: 'submit', class: 'button primary' }, 'Apply'))));
  input.focus();
}

function takeText(text) {
  const range = parseRangeText(text);
  if (!range) return false;
  try { resolveRange(range, serverNow(), zone()); } catch { return false; }
  navigate(range);
  toast(rangeLabel(range, serverNow(), zone()));
  return true;
}

/** Opens the choices by `anchor`. */
export function openRange(anchor) {
  const state = current();
  const box = h('div', { class: 'range-box' });
  const { close, place } = openPopover(anchor, box, { label: 'Time range', className: 'popover-range' });
  const choice = (range, label) => h('button', {
    type: 'button', class: 'range-choice', 'aria-pressed': String(state.from === range.from && state.to === range.to), onclick: () => { close(); navigate(range); },
  }, label);
  const past = recent();
  replace(box,
    h('div', { class: 'range-quick' }, h('h3', {}, 'Quick'), QUICK_RANGES.map(([from, label]) => choice({ from, to: 'now' }, label))),
    h('div', { class: 'range-quick' }, h('h3', {}, 'Calendar'), CALENDAR_RANGES.map(([from, to, label]) => choice({ from, to }, label)),
      past.length > 0 && [h('h3', {}, 'Recent'), past.map((range) => choice(range, rangeLabel(range, serverNow(), zone())))]),
    h('div', { class: 'range-custom' }, customForm(close), zoneChoice(close)));
  place();
  box.querySelector('[aria-pressed=true]')?.focus();
}

/** Opens the choice of what figures are compared with. */
export function openCompare(anchor) {
  const { compare, overlay } = current();
  const radio = ([value, label]) => h('label', { class: 'radio' },
    h('input', { type: 'radio', name: 'compare', checked: value === compare, onchange: () => navigate({ compare: value }) }), label);
  openPopover(anchor, h('div', { class: 'compare-box' },
    h('fieldset', {}, h('legend', {}, 'Compare with'), [['off', 'Nothing'], ['period', 'The previous period'], ['day', 'A day before (\u221224 h)'], ['week', 'A week before (\u22127 d)']].map(radio)),
    h('label', { class: 'radio' }, h('input', { type: 'checkbox', checked: overlay === 'all', onchange: (event) => navigate({ overlay: event.target.checked ? 'all' : '' }) }), 'Draw it on every chart')),
  { label: 'Compare with', className: 'popover-text' }).box.querySelector('input:checked')?.focus();
}

function customForm(close) {
  const state = current();
  const shown = (expression) => {
    if (expression.startsWith('now')) return expression;
    try { return formatInstant(resolveInstant(expression, serverNow(), zone()), zone()); } catch { return expression; }
  };
  const field = (name) => h('input', { type: 'text', name, value: shown(state[name]), spellcheck: 'false', autocomplete: 'off' });
  const [from, to] = [field('from'), field('to')];
  const error = h('p', { class: 'form-error', role: 'alert' });
  const submit = (event) => {
    event.preventDefault();
    const range = { from: from.value.trim(), to: to.value.trim() };
    try {
      const resolved = resolveRange(range, serverNow(), zone());
      // Absolute times are kept as instants: a shared link must mean the same time in another zone.
      const kept = (text, ms) => (text.startsWith('now') ? text : iso(ms));
      close();
      navigate({ from: kept(range.from, resolved.from), to: kept(range.to, resolved.to) });
    } catch (problem) { error.textContent = problem.message; }
  };
  const grid = calendarGrid(null, (days) => {
    // A day chosen alone is that day; the second makes the range end with its last moment.
    from.value = `${dayText(days.from)} 00:00`;
    const last = moveDay(days.to ?? days.from, 1);
    to.value = instant(zone(), last.year, last.month, last.day) > serverNow() ? 'now' : `${dayText(last)} 00:00`;
    error.textContent = '';
  });
  const copy = (label, sign, act) => h('button', { type: 'button', class: 'button small', onclick: () => { close(); act(); } }, icon(sign), label);
  return h('form', { class: 'range-form', onsubmit: submit }, h('h3', {}, 'From and to'),
    h('label', {}, h('span', {}, 'From'), from), h('label', {}, h('span', {}, 'To'), to), error,
    h('p', { class: 'muted' }, 'now-6h, now/d, now-1M/M, 2026-03-05 16:03'),
    h('div', { class: 'range-buttons' }, h('button', { type: 'submit', class: 'button primary' }, 'Apply'), copy('Copy', 'copy', copyRange), copy('Paste', 'list', pasteRange)), grid);
}

function zoneChoice(close) {
  const { tz } = current();
  const names = [['local', `Local: ${zoneLabel(localZone(), serverNow())}`], ['UTC', 'UTC']];
  if (tz !== 'local' && tz !== 'UTC') names.push([tz, zoneLabel(tz, serverNow())]);
  const error = h('p', { class: 'form-error', role: 'alert' });
  const take = (value) => {
    if (!isZone(value)) { error.textContent = `\u201c${value}\u201d is not a zone that this browser knows`; return; }
    close();
    navigate({ tz: value });
  };
  const other = h('input', {
    type: 'text', list: 'zones', placeholder: 'Any other, such as Asia/Tokyo', 'aria-label': 'Another time zone', autocomplete: 'off', spellcheck: 'false',
    onchange: (event) => { if (event.target.value.trim()) take(event.target.value.trim()); },
    onkeydown: (event) => { if (event.key === 'Enter') { event.preventDefault(); take(event.target.value.trim()); } },
  });
  return h('fieldset', { class: 'range-zones' },
    h('legend', {}, 'Time zone'),
    names.map(([value, label]) => h('label', { class: 'radio' },
      h('input', { type: 'radio', name: 'tz', checked: value === tz, onchange: () => { close(); navigate({ tz: value }); } }),
      label,
    )), h('datalist', { id: 'zones' }, allZones().map((name) => h('option', { value: name }))), other, error);
}
