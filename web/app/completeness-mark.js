// The mark beside each panel's title that says whether the range's data are all there. One question for the whole page,
// whenever its figures are fetched; a click shows the sources.

import { fetchCompleteness } from './api.js';
import { judge, sourceRows } from './completeness.js';
import { h, replace } from './dom.js';
import { icon } from './icons.js';
import { openPopover } from './popover.js';
import { onRefresh, refreshes } from './refresher.js';
import { current, followsClock, range } from './router.js';

/** The ledger counts by the minute: asking more often than this brings nothing new. */
const PACE_MS = 5_000;

const listeners = new Set();
let report = null;
let judgement = null;
let askedFor = '';
let askedAt = 0;
let seen = -1;
let running = null;

/** The last judgement, null before the first and while the range has changed since. */
export function completeness() {
  return judgement;
}

/** Calls `listener` after each judgement; returns how to stop. */
export function onCompleteness(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell() {
  for (const listener of [...listeners]) listener();
}

onRefresh(() => {
  // The refresher also tells of hovering and pausing; only figures that were fetched are worth a question.
  if (refreshes() === seen || current().snapshot) return;
  seen = refreshes();
  const { from, to, tz } = current();
  const key = `${from} ${to} ${tz}`;
  if (key === askedFor && Date.now() - askedAt < PACE_MS) return;
  ask(key);
});

async function ask(key) {
  running?.abort();
  running = new AbortController();
  const { signal } = running;
  if (key !== askedFor) { judgement = null; tell(); }
  askedFor = key;
  askedAt = Date.now();
  try {
    const { from, to } = range();
    const answer = await fetchCompleteness({ from: new Date(from).toISOString(), to: new Date(to).toISOString() }, signal);
    report = answer;
    judgement = judge(answer, followsClock());
  } catch (error) {
    if (error.name === 'AbortError') return;
    // What cannot be judged gets no mark; the panels themselves say that the server cannot be reached.
    judgement = null;
  }
  tell();
}

/** A panel's mark: an element that keeps itself up to date, and how to stop it. `brief` shows the sign without words. */
export function completenessMark({ brief = false } = {}) {
  const label = h('span', { class: 'complete-text' });
  const sign = h('span', { class: 'complete-sign' });
  const element = h('button', { type: 'button', class: 'complete-mark', hidden: true, 'aria-haspopup': 'dialog', onclick: (event) => openSources(event.currentTarget) }, sign, label);
  let drawn = '';
  const draw = () => {
    element.hidden = !judgement?.level;
    if (element.hidden || drawn === judgement.title) return;
    drawn = judgement.title;
    element.dataset.level = judgement.level;
    element.title = judgement.title;
    element.setAttribute('aria-label', judgement.title);
    replace(sign, judgement.level === 'ok' ? null : icon(judgement.level));
    replace(label, judgement.level === 'ok' || brief ? '' : judgement.text);
  };
  draw();
  return { element, stop: onCompleteness(draw) };
}

function openSources(anchor) {
  if (!report || !judgement) return;
  const rows = sourceRows(report);
  openPopover(anchor, h('div', { class: 'complete-sources' },
    h('h3', {}, judgement.title),
    h('p', { class: 'muted' }, report.total.expected === null ? 'Compared with the documents that were received. No gateway\u2019s own count is known for this range.'
      : 'Compared with the gateway\u2019s own count of requests, for the minutes in which all that is not late has come.'),
    rows.length > 0 && h('div', { class: 'scroll-x' }, h('table', {},
      h('thead', {}, h('tr', {}, ['Source', 'Complete', 'Stored', 'Rejected', 'Late', 'Lag', 'Newest'].map((name, index) => h('th', { scope: 'col', class: index ? 'number' : null }, name)))),
      h('tbody', {}, rows.map((row) => h('tr', {}, h('th', { scope: 'row' }, row.name),
        h('td', { class: `number${row.isShort ? ' level-warning' : ''}` }, row.share), h('td', { class: 'number' }, row.stored),
        h('td', { class: 'number' }, row.rejected), h('td', { class: 'number' }, row.late), h('td', { class: 'number' }, row.lag),
        h('td', { class: `number${row.isBehind ? ' level-warning' : ''}` }, row.newest)))))),
    report.notes.length > 0 && h('ul', {}, report.notes.map((note) => h('li', {}, note)))), { label: 'Completeness', className: 'popover-complete' });
}
