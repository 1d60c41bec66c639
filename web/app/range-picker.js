// The global time range: back and forward, the range button with its choices, zoom out; zone and comparison with it.

import { serverNow } from './clock.js';
import { h, replace } from './dom.js';
import { icon } from './icons.js';
import { openPopover, toast } from './popover.js';
import { current, navigate, onNavigate, zone } from './router.js';
import { CALENDAR_RANGES, QUICK_RANGES, rangeLabel, resolveInstant, resolveRange, shiftRange, zoomOut } from './time-range.js';
import { formatInstant, localZone, zoneLabel } from './zone.js';

const KEY = 'gatewatch.ranges';
const RECENT_MAX = 5;

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
    h('button', { type: 'button', class: 'icon-button', 'aria-label': 'Zoom out', title: 'Zoom out  z', onclick: widen }, icon('zoomOut')));
}

function recent() {
  try { return JSON.parse(localStorage.getItem(KEY)) ?? []; } catch { return []; }
}

function remember() {
  const { from, to } = current();
  if (from.startsWith('now')) return;
  const list = [{ from, to }, ...recent().filter((item) => item.from !== from || item.to !== to)].slice(0, RECENT_MAX);
  try { localStorage.setItem(KEY, JSON.stringify(list)); } catch { /* remembering is a convenience */ }
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
    h('div', { class: 'range-custom' }, customForm(close), zoneChoice(close), compareChoice(close)));
  place();
  box.querySelector('[aria-pressed=true]')?.focus();
}

function customForm(close) {
  const state = current();
  const shown = (expression) => {
    if (expression.startsWith('now')) return expression;
    try { return formatInstant(resolveInstant(expression, serverNow(), zone()), zone()); } catch { return expression; }
  };
  const from = h('input', { type: 'text', name: 'from', value: shown(state.from), spellcheck: 'false', autocomplete: 'off' });
  const to = h('input', { type: 'text', name: 'to', value: shown(state.to), spellcheck: 'false', autocomplete: 'off' });
  const error = h('p', { class: 'form-error', role: 'alert' });
  const submit = (event) => {
    event.preventDefault();
    const range = { from: from.value.trim(), to: to.value.trim() };
    try {
      const resolved = resolveRange(range, serverNow(), zone());
      // Absolute times are kept as instants: a shared link must mean the same time in another zone.
      const kept = (text, ms) => (text.startsWith('now') ? text : new Date(ms).toISOString().replace('.000Z', 'Z').replace(/:00Z$/, 'Z'));
      close();
      navigate({ from: kept(range.from, resolved.from), to: kept(range.to, resolved.to) });
    } catch (problem) { error.textContent = problem.message; }
  };
  return h('form', { class: 'range-form', onsubmit: submit }, h('h3', {}, 'From and to'),
    h('label', {}, h('span', {}, 'From'), from, pick(from)), h('label', {}, h('span', {}, 'To'), to, pick(to)), error,
    h('p', { class: 'muted' }, 'now-6h, now/d, now-1M/M, 2026-03-05 16:03'), h('button', { type: 'submit', class: 'button primary' }, 'Apply'));
}

// The browser's own calendar, set into the text field.
function pick(input) {
  const native = h('input',
    {
      type: 'datetime-local',
      class: 'range-native',
      tabindex: '-1',
      'aria-hidden': 'true',
      step: '1',
      onchange: () => { if (native.value) input.value = native.value.replace('T', ' '); },
    },
  );
  const show = () => {
    try { native.value = formatInstant(resolveInstant(input.value, serverNow(), zone()), zone()).replace(' ', 'T'); } catch { native.value = ''; }
    native.showPicker?.();
  };
  return h('span', { class: 'range-pick' }, native,
    h('button', { type: 'button', class: 'icon-button', 'aria-label': 'Choose on a calendar', onclick: show }, icon('clock')),
  );
}

function zoneChoice(close) {
  const { tz } = current();
  const names = [['local', `Local: ${zoneLabel(localZone(), serverNow())}`], ['UTC', 'UTC']];
  if (tz !== 'local' && tz !== 'UTC') names.push([tz, tz]);
  return h('fieldset', {},
    h('legend', {}, 'Time zone'),
    names.map(([value, label]) => h('label', { class: 'radio' },
      h('input', { type: 'radio', name: 'tz', checked: value === tz, onchange: () => { close(); navigate({ tz: value }); } }),
      label,
    )),
  );
}

function compareChoice(close) {
  const { compare } = current();
  return h('fieldset', {}, h('legend', {}, 'Compare with'), [
    ['period', 'The previous period'],
    ['day', 'A day before'],
    ['week', 'A week before'],
  ].map(([value, label]) => h('label', { class: 'radio' },
    h('input', { type: 'radio', name: 'compare', checked: value === compare, onchange: () => { close(); navigate({ compare: value }); } }), label)));
}
