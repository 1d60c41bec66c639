// The keys of the page. None of them works while something is being typed or a menu or dialog is open.

import { toggleHelp } from './help.js';
import { togglePause } from './live-pill.js';
import { LEAVING } from './navigation.js';
import { openRange, shiftBy, widen } from './range-picker.js';
import { demand } from './refresher.js';
import { current, navigate } from './router.js';
import { steps } from './requests/steps.js';

/** The second key of a pair must come within this time. */
const PAIR_MS = 1_200;

let pairUntil = 0;

/** Starts listening; once. */
export function startKeyboard() {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.key === 'Escape') { escape(); return; }
    if (isTyping(event.target) || document.querySelector('dialog[open]:not(.dialog-help), .popover:popover-open')) return;
    const act = Date.now() < pairUntil ? pairs[event.key] : singles[event.key];
    pairUntil = 0;
    // Space and Enter belong to the button that has the focus.
    if (!act || (event.key === ' ' && event.target.closest('a, button, [tabindex="0"]'))) return;
    event.preventDefault();
    act(event);
  });
}

function isTyping(target) {
  return target.matches('input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]');
}

function escape() {
  if (document.querySelector('dialog[open], .popover:popover-open')) return;
  if (current().open) steps.close();
  else if (current().full) navigate({ full: '' });
}

const go = (page, view = 'analytics') => () => navigate({ ...LEAVING, page, view });

const pairs = {
  o: go('overview'), r: go('requests'), l: go('requests', 'records'), a: go('alerts'), e: go('explore'), p: go('performance'), c: go('clients'), h: go('providers'), m: go('models'),
  $: go('cost'), i: go('infrastructure'),
};

const singles = {
  g: () => { pairUntil = Date.now() + PAIR_MS; },
  '/': () => { const input = document.querySelector('.promql-input') ?? document.getElementById('filter'); input.focus(); input.select(); },
  '?': toggleHelp,
  t: () => openRange(document.getElementById('range')),
  '[': () => shiftBy(-1),
  ']': () => shiftBy(1),
  z: widen,
  r: () => demand('all'),
  ' ': togglePause,
  j: () => steps.by(1),
  k: () => steps.by(-1),
  v: () => {
    const panel = document.querySelector('.panel:hover[data-panel], .panel:focus-within[data-panel]')?.dataset.panel;
    if (panel || current().full) navigate({ full: current().full ? '' : panel });
  },
};
