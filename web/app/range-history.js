// The ranges that were looked at before, for going back after a zoom: with a double click or Ctrl+Z, wherever the page has gone since.

import { current, navigate, onNavigate } from './router.js';

/** Steps remembered; nobody counts further back. */
const STEPS_MAX = 50;

const past = [];
let last = pick(current());

function pick({ from, to }) {
  return { from, to };
}

onNavigate((state, changed) => {
  if (!changed.has('from') && !changed.has('to')) return;
  const before = last;
  last = pick(state);
  const top = past[past.length - 1];
  // The browser's own Back undoes a step as well; it must not become a step of its own.
  if (top && top.from === last.from && top.to === last.to) past.pop();
  else past.push(before);
  if (past.length > STEPS_MAX) past.shift();
});

/** Goes back to the range before the last change; false where there was none. */
export function rangeBack() {
  const range = past[past.length - 1];
  if (range) navigate(range);
  return Boolean(range);
}
