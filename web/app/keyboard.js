// The keys of the page. None of them works while something is being typed or a menu or dialog is open, but for Ctrl+K.

import { openAnnotations } from './annotations/annotation-list.js';
import { letGo } from './charts/surface.js';
import { openCommands } from './command-palette.js';
import { startEditing } from './edit/entry.js';
import { toggleHelp } from './help.js';
import { togglePause } from './live-pill.js';
import { LEAVING } from './navigation.js';
import { explainPanel, openQuery, openPanelMenu, toggleFull, toggleLegend, toggleTable } from './panel-menu.js';
import { panelAtHand, pagePanels } from './panel-registry.js';
import { rangeBack } from './range-history.js';
import { copyRange, openCompare, openRange, pasteRange, shiftBy, widen } from './range-picker.js';
import { demand } from './refresher.js';
import { steps } from './requests/steps.js';
import { current, navigate } from './router.js';
import { openShare, toggleKiosk } from './share/share-dialog.js';
import { clearSpan, isMarking, setMarking } from './spans.js';

/** The second key of a pair must come within this time. */
const PAIR_MS = 1_200;
/** A first key that means something alone is taken to stand alone after this time. */
const ALONE_MS = 420;

let pair = null;

/** Starts listening; once. */
export function startKeyboard() {
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.altKey) return;
    if (event.ctrlKey || event.metaKey) { withControl(event); return; }
    if (event.key === 'Escape') { escape(); return; }
    if (isTyping(event.target) || document.querySelector('dialog[open]:not(.dialog-help), .popover:popover-open')) return;
    const act = takePair(event.key) ?? singles[event.key];
    // Space and Enter belong to the button that has the focus.
    if (!act || (event.key === ' ' && event.target.closest('a, button, [tabindex="0"]'))) return;
    event.preventDefault();
    act(event);
  });
}

function withControl(event) {
  const key = event.key.toLowerCase();
  if (key === 'k' && !event.shiftKey) { event.preventDefault(); openCommands(); }
  else if (key === 'z' && !event.shiftKey && !isTyping(event.target) && rangeBack()) event.preventDefault();
}

function isTyping(target) {
  return target.matches('input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]');
}

function escape() {
  if (document.querySelector('dialog[open], .popover:popover-open')) return;
  if (isMarking()) setMarking(false);
  else if (letGo()) return;
  else if (current().open) steps.close();
  else if (current().full) navigate({ full: '' });
  else if (current().span) clearSpan();
  else if (current().kiosk) toggleKiosk();
}

// --- pairs: a first key waits for a second; `alone` is done when none comes

function begin(seconds, alone) {
  return () => {
    const ends = Date.now() + PAIR_MS;
    const timer = alone && setTimeout(() => { if (pair?.timer === timer) { pair = null; alone(); } }, ALONE_MS);
    pair = { seconds, ends, timer };
  };
}

function takePair(key) {
  const begun = pair;
  pair = null;
  if (!begun) return undefined;
  clearTimeout(begun.timer);
  return Date.now() < begun.ends ? begun.seconds[key] : undefined;
}

const go = (page, view = 'analytics') => () => navigate({ ...LEAVING, page, view });

const pages = {
  o: go('overview'), r: go('requests'), l: go('requests', 'records'), a: go('alerts'), e: go('explore'), p: go('performance'), c: go('clients'), h: go('providers'), d: go('provider'), m: go('models'),
  $: go('cost'), i: go('infrastructure'), b: go('business'), f: go('forecast'), y: go('capacity'),
};

const ofPanel = (act) => () => { const panel = panelAtHand(); if (panel) act(panel); };
const share = ofPanel((panel) => openShare(panel));
const legend = ofPanel((panel) => toggleLegend(panel.spec));

// In the list of requests to the next one; elsewhere from alert to alert, or from panel to panel.
function step(direction) {
  if (document.querySelector('#records')) { steps.by(direction); return; }
  const items = document.querySelector('.page-alerts') ? [...document.querySelectorAll('.alert-name, .incident-head')] : pagePanels().map((panel) => panel.element.querySelector('.panel-more'));
  const at = items.findIndex((item) => item === document.activeElement || (item.closest('.panel') ?? item).contains(document.activeElement));
  items[Math.min(items.length - 1, Math.max(0, at + direction))]?.focus();
}

const singles = {
  g: begin(pages), t: begin({ c: copyRange, v: pasteRange }, () => openRange(document.getElementById('range'))), p: begin({ s: share, l: legend }), k: () => step(-1), K: toggleKiosk,
  '/': () => { const input = document.querySelector('.promql-input') ?? document.getElementById('filter'); input.focus(); input.select(); },
  '?': toggleHelp, '[': () => shiftBy(-1), ']': () => shiftBy(1), z: widen, r: () => demand('now'), ' ': togglePause, j: () => step(1),
  c: () => openCompare(document.getElementById('compare')), m: () => setMarking(!isMarking()), n: openAnnotations, s: () => openShare(),
  v: () => { if (current().full) navigate({ full: '' }); else ofPanel((panel) => toggleFull(panel.spec))(); },
  E: startEditing, e: ofPanel(openQuery), d: ofPanel((panel) => toggleTable(panel.spec)), w: ofPanel(explainPanel), '.': ofPanel((panel) => openPanelMenu(panel.element.querySelector('.panel-more'), panel)),
};
