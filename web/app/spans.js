// The span of time that somebody has marked ("what changed here?"): held by the URL, drawn on every chart over time.

import { current, navigate, onNavigate } from './router.js';
import { absoluteRange } from './time-range.js';

let marking = false;
const listeners = new Set();

/** The marked span in instants, `{from, to}`; null where none is marked or the URL holds no readable one. */
export function markedSpan() {
  return spanOf(current().span);
}

/** What `<from>~<to>` means; null where it means no span. */
export function spanOf(text) {
  const [from, to] = text.split('~').map((part) => Date.parse(part));
  return Number.isFinite(from) && Number.isFinite(to) && from < to ? { from, to } : null;
}

/** The state in which the span from `from` to `to` (ms) is marked and `explain` (`{measure, where}`) is to be explained. */
export function spanState(from, to, explain) {
  const { from: start, to: end } = absoluteRange(from, to);
  return { span: `${start}~${end}`, measure: explain?.measure ?? '', within: explain?.where ?? '', open: '' };
}

/** Marks a span and asks what changed in it. */
export function markSpan(from, to, explain) {
  setMarking(false);
  navigate(spanState(from, to, explain));
}

/** Takes the mark away. */
export function clearSpan() {
  if (current().span) navigate({ span: '', measure: '', within: '' });
}

/** Whether the next drag marks a span instead of zooming. */
export function isMarking() {
  return marking;
}

/** Lets the next drag mark a span, or not any more. */
export function setMarking(on) {
  if (marking === on) return;
  marking = on;
  document.body.classList.toggle('marking', on);
  for (const listener of [...listeners]) listener();
}

/** Calls `listener` when the marked span or the marking changes; returns how to stop. */
export function onSpan(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

onNavigate((_, changed) => { if (changed.has('span')) for (const listener of [...listeners]) listener(); });
