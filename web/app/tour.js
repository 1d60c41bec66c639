// A tour of the page for who sees it for the first time: offered once, never in the way, and in the help for later.

import { h, replace } from './dom.js';
import { openPopover } from './popover.js';
import { current, navigate } from './router.js';

const KEY = 'gatewatch.tour';
/** A step waits this long for its element: the page may still be asking. */
const PATIENCE_MS = 3_000;

/** What is shown in which order: on which page, at which element, in which words. */
const STEPS = [
  { page: 'overview', at: '.section-panels.stats', title: 'Is all well?', text: 'Each figure says where it stands, how that compares with the time before, and how it went. Click one for the requests behind it.' },
  { page: 'overview', at: '#range', title: 'One range for everything', text: 'Choose or type a range, as now-6h or 2026-10-01. It stays with you on every page, and the address always holds what you see: copy it to share it.' },
  { page: 'overview', at: '.filter-box', title: 'One filter, too', text: 'Type provider: openai and status >= 500, or use the lists beside it. Any value on the page can be clicked to filter by it.' },
  { page: 'overview', at: '[data-panel="traffic"]', title: 'Charts answer back', text: 'Drag across to zoom in, double-click to come back. Click a bar for exactly its requests. Drag with Alt to ask what changed there.' },
  { page: 'overview', at: '[data-panel="movers"]', title: 'What changed?', text: 'Who sends more, fails more or costs more than before. The first row is the likeliest reason for a change in the figures above.' },
  { page: 'requests', at: '.page-head .views', title: 'Down to the single request', text: 'Here are the requests themselves: sort, filter, open one for its timing, tokens, cost and error. J and K step through them.' },
  { page: 'alerts', at: '.page-head', title: 'When something is wrong', text: 'Alerts with the value against its limit, the people who know, and a runbook. Rules can be tried on the past before they wake anyone.' },
  { page: 'overview', at: '.sidebar, .pages-button', title: 'A page for each question', text: 'Providers, clients, models, cost, infrastructure, and pages of your own. Press ? for all keys, Ctrl K to go anywhere.' },
];

/** The offer of the tour above a page; null for who has seen it, or does not want to. */
export function tourInvitation() {
  if (localStorage.getItem(KEY) || current().kiosk || current().snapshot) return null;
  const strip = h('aside', { class: 'tour-offer', 'aria-label': 'Tour' },
    h('span', {}, 'New here? See in two minutes what this page can do.'),
    h('button', { type: 'button', class: 'button small primary', onclick: () => { done(); strip.remove(); startTour(); } }, 'Show me'),
    h('button', { type: 'button', class: 'button small', onclick: () => { done(); strip.remove(); } }, 'No, thanks'));
  return strip;
}

function done() {
  localStorage.setItem(KEY, 'seen');
}

/** Shows the tour from its beginning. */
export function startTour() {
  show(0);
}

async function show(index) {
  const step = STEPS[index];
  if (current().page !== step.page) navigate({ page: step.page, view: 'analytics', open: '', full: '', item: '' });
  const element = await visible(step.at);
  if (!element) { if (index + 1 < STEPS.length) await show(index + 1); return; }
  element.scrollIntoView({ block: 'center', behavior: 'instant' });
  element.classList.add('tour-target');
  const box = h('div', { class: 'tour-step' });
  let next = null;
  const { close, place } = openPopover(element, box, { label: 'Tour', className: 'popover-text', onclose: () => { element.classList.remove('tour-target'); if (next !== null) show(next); } });
  const go = (to) => () => { next = to; close(); };
  replace(box, h('p', { class: 'muted' }, `${index + 1} of ${STEPS.length}`), h('h3', {}, step.title), h('p', {}, step.text),
    h('div', { class: 'tour-buttons' },
      h('button', { type: 'button', class: 'button small', onclick: close }, 'End'),
      index > 0 && h('button', { type: 'button', class: 'button small', onclick: go(index - 1) }, 'Back'),
      index + 1 < STEPS.length ? h('button', { type: 'button', class: 'button small primary', onclick: go(index + 1) }, 'Next') : h('button', { type: 'button', class: 'button small primary', onclick: close }, 'Done')));
  place();
  box.querySelector('.primary').focus();
}

// The first element that is there and has a place on the screen.
async function visible(selector) {
  const until = Date.now() + PATIENCE_MS;
  while (Date.now() < until) {
    const found = [...document.querySelectorAll(selector)].find((element) => element.getClientRects().length > 0);
    if (found) return found;
    await new Promise((resolve) => { requestAnimationFrame(resolve); });
  }
  return null;
}
