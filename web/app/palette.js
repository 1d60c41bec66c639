// One colour per value, the same in every panel and after a reload: a provider that is blue here is blue there.

import { colors, SERIES_COLORS } from './theme.js';

const KEY = 'gatewatch.colors';
/** Values remembered per field; beyond, the oldest give way, so that a field of a million values cannot fill the browser's storage. */
const REMEMBERED_MAX = 200;

/** Fields whose values mean the same thing share their colours. */
const SAME = { request_model: 'model', upstream_model: 'model', response_model: 'model' };

let remembered = load();

function load() {
  try { return JSON.parse(localStorage.getItem(KEY)) ?? {}; } catch { return {}; }
}

function slotOf(field, value) {
  const family = SAME[field] ?? field;
  const slots = (remembered[family] ??= {});
  if (slots[value] === undefined) {
    const used = Object.keys(slots);
    if (used.length >= REMEMBERED_MAX) delete slots[used[0]];
    slots[value] = leastUsed(slots);
    // A full or forbidden storage costs only that colours may differ after a reload.
    try { localStorage.setItem(KEY, JSON.stringify(remembered)); } catch { remembered = { ...remembered }; }
  }
  return slots[value];
}

function leastUsed(slots) {
  const uses = new Array(SERIES_COLORS).fill(0);
  for (const slot of Object.values(slots)) uses[slot] += 1;
  return uses.indexOf(Math.min(...uses));
}

/**
 * Fixes the colours of `values` of `field` (most frequent first) before any chart meets them in some other order: those that
 * get a colour of their own in alphabetical order, so that every browser agrees on them, then the rest.
 */
export function introduce(field, values) {
  for (const value of [...values.slice(0, SERIES_COLORS)].sort()) slotOf(field, value);
  for (const value of values.slice(SERIES_COLORS)) slotOf(field, value);
}

/** The colour of `value` of `field`; statuses by class, absent values and `_other` grey. */
export function colorOf(field, value) {
  const palette = colors();
  if (value === null || value === undefined || value === '_other') return palette.other;
  if (field === 'status_class') return palette.status[value] ?? palette.other;
  if (field === 'status') return statusColor(Number(value));
  return palette.series[slotOf(field, String(value))];
}

// Codes of one class keep the class's hue and differ in lightness, so that "red is 5xx" holds in both views.
function statusColor(code) {
  const palette = colors();
  const base = palette.status[`${Math.floor(code / 100)}xx`] ?? palette.other;
  const shade = {
    200: 0,
    201: 25,
    204: 45,
    400: 0,
    401: 45,
    403: 60,
    404: 30,
    429: 18,
    499: 70,
    500: 0,
    502: 22,
    503: 40,
    504: 58,
  }[code] ?? (code % 100) % 60;
  return shade ? `color-mix(in oklab, ${base} ${100 - shade}%, ${palette.panel})` : base;
}
