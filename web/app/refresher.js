// Keeps what is on the screen fresh: all visible panels in one request, never two requests at once, at a pace that suits
// the range, and not at all while someone reads (hovering), has pressed pause, or looks elsewhere.

import { BATCH_MAX, queryPanels } from './api.js';
import { planBatch } from './batch-plan.js';
import { isHoveringChart, onHoverChange } from './charts/surface.js';
import { KnownAnswers } from './known-answers.js';
import { isPressed, released } from './press.js';
import { serverNow } from './clock.js';
import { news, onNews } from './live.js';
import { current, followsClock, onNavigate, range, zone } from './router.js';
import { frozenAnswers } from './share/frozen.js';
import { chosenInterval, refreshInterval, steppedRange } from './time-range.js';

/** Changes of the state that need new answers; others only repaint. */
const ASKING = ['from', 'to', 'tz', 'where', 'compare', 'overlay', 'page', 'view', 'option', 'full', 'folded', 'vars'];
/** A server that answers slowly is asked less: at most this share of the time is spent asking. */
const BUSY_SHARE_MAX = 0.25;
/** An answer that somebody got this share of the pace ago will do: those who look at the same page share it. */
const SHARED_AGE = 0.25;

const panels = new Set();
const listeners = new Set();
let paused = false;
let running = null;
/** What was demanded and not asked yet: `new`, `all` or nothing. */
let wanted = null;
/** Whether the counts of the range are of another state. */
let countsDue = true;
let lastStart = 0;
let lastTook = 0;
let lastSequence = -1;
let timer = 0;
let finished = 0;
/** Whether answers that others got a moment ago will do for the next question. */
let shareable = true;
/** What has been answered last to each question, so that the server need not say it again. */
const known = new KnownAnswers();
/** Counts of the range with and without the page's filter, null while unknown. */
let facts = { matched: null, total: null, error: null };

/** Whether live refresh is paused by the person. */
export function isPaused() {
  return paused;
}

/** Pauses or resumes live refresh. */
export function setPaused(value) {
  paused = value;
  tell();
  if (!paused) schedule();
}

/** The counts of the range, and the error of the filter or the range if there is one. */
export function rangeFacts() {
  return facts;
}

/** How many times figures have been fetched. */
export function refreshes() {
  return finished;
}

/** Calls `listener` when the facts, the pause or the hovering changes; returns how to stop. */
export function onRefresh(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell() {
  for (const listener of [...listeners]) listener();
}

/** Adds a panel: an object with `isVisible()`, `queries(wish)`, `accept(answers, wish)`, `fail(error)`, `setLoading(on)`. */
export function addPanel(panel) {
  panels.add(panel);
  demand('new');
  return () => panels.delete(panel);
}

/**
 * Wants answers for panels that have none for the present state (`new`), for all that are visible (`all`), or for all and none
 * that somebody else got a moment ago (`now`).
 */
export function demand(what = 'all') {
  if (what !== 'new') for (const panel of panels) panel.stale = true;
  if (what === 'now') shareable = false;
  // In a task of its own: panels that come into view in one frame say so one after the other, and are asked for together.
  if (wanted === null) setTimeout(run, 0);
  if (wanted !== 'all') wanted = what === 'new' ? 'new' : 'all';
}

async function run() {
  const isOnlyNew = wanted === 'new';
  wanted = null;
  if (!isOnlyNew) countsDue = true;
  let due = [...panels].filter((panel) => panel.isVisible() && panel.stale);
  // A page that was made just now: the browser will say in the next frame which panels are in view.
  if (due.length === 0 && !document.hidden && [...panels].some((panel) => panel.inView === null)) return;
  if (running) {
    // Panels that only came into view wait for those before them: a page that is scrolled asks twice, not at every step.
    if (isOnlyNew && !due.some((panel) => panel.askedBy === running.signal)) return;
    // What the aborted question was about is asked again with the rest.
    due = [...panels].filter((panel) => panel.isVisible() && (panel.stale || panel.askedBy === running.signal));
    running.abort();
  } else if (due.length === 0 && !countsDue) {
    return;
  }
  countsDue = false;
  clearTimeout(timer);
  const abort = new AbortController();
  running = abort;
  lastStart = Date.now();
  const sequence = news().tick?.sequence ?? -1;
  try {
    await ask(due, abort.signal);
    lastSequence = sequence;
    lastTook = Date.now() - lastStart;
  } catch (error) {
    if (error.name === 'AbortError' || running !== abort) return;
    lastTook = Date.now() - lastStart;
    facts = { ...facts, error: error.field ? error : null };
    for (const panel of due) panel.fail(error);
  }
  if (running === abort) running = null;
  finished += 1;
  tell();
  schedule();
}

async function ask(due, signal) {
  const wish = presentWish();
  const frozen = frozenAnswers();
  if (frozen) {
    for (const panel of due) {
      panel.stale = false;
      panel.queries(wish);
      if (frozen[panel.spec?.id]) hand(panel, frozen[panel.spec.id], wish);
    }
    return;
  }
  const base = {
    from: new Date(wish.range.from).toISOString(),
    to: new Date(wish.range.to).toISOString(),
    time_zone: wish.zone,
    measures: ['count'],
  };
  const probes = wish.where ? [{ ...base, where: wish.where }, base] : [base];
  const asked = due.map((panel) => ({ panel, queries: panel.queries(wish) }));
  // A newer question may have taken a panel over by the time this one ends; then its state is the newer one's business.
  for (const { panel } of asked) { panel.stale = false; panel.askedBy = signal; panel.setLoading(true); }
  try {
    const plan = planBatch([...probes, ...asked.flatMap(({ queries }) => queries)]);
    const shared = shareable ? { max_age: `${Math.round(pace() * SHARED_AGE)}ms` } : {};
    const results = plan.take(await sendInBatches(plan.queries.map((query) => ({ ...query, ...shared })), signal));
    shareable = true;
    await released();
    const [matched, total] = results;
    takeFacts(matched, probes.length > 1 ? total : matched);
    let at = probes.length;
    for (const { panel, queries } of asked) {
      const answers = results.slice(at, at + queries.length);
      at += queries.length;
      hand(panel, answers, wish);
    }
  } catch (error) {
    if (error.name === 'AbortError') for (const { panel } of asked) if (panel.askedBy === signal) panel.stale = true;
    throw error;
  } finally {
    for (const { panel } of asked) if (panel.askedBy === signal) panel.setLoading(false);
  }
}

// One panel that cannot draw its answer must not take the others with it.
function hand(panel, answers, wish) {
  if (answers[0]?.code) { panel.fail(facts.error ?? answers[0]); return; }
  try {
    panel.accept(answers, wish);
  } catch (error) {
    panel.fail(error);
    console.error(error);
  }
}

async function sendInBatches(queries, signal) {
  const results = [];
  for (let at = 0; at < queries.length; at += BATCH_MAX) results.push(...await queryPanels(queries.slice(at, at + BATCH_MAX), known, signal));
  return results;
}

function takeFacts(matched, total) {
  const value = (answer) => (answer?.rows ? answer.rows[0][0] : null);
  facts = {
    matched: value(matched),
    total: value(total),
    error: matched?.code ? matched : null,
    completeness: (matched?.rows ? matched : total)?.completeness,
  };
}

/** What the state asks for now; throws RangeError where the range in the URL is none. */
function presentWish() {
  const state = current();
  return { range: steppedRange(range(), state, pace()), zone: zone(), where: state.where.trim(), compare: state.compare };
}

/** Why nothing is fetched by itself at the moment: `snapshot`, `off`, `paused`, `reading`, `hidden`, `fixed`, or null. */
export function stillness() {
  if (current().snapshot) return 'snapshot';
  if (current().refresh === 'off') return 'off';
  if (paused) return 'paused';
  if (document.hidden) return 'hidden';
  if (!followsClock()) return 'fixed';
  if (isHoveringChart() || isPressed() || isUsingKeys() || document.querySelector('.popover:popover-open, dialog[open]')) return 'reading';
  return null;
}

// A refresh replaces what a panel holds, and would take the focus away from who moves through it by keyboard.
function isUsingKeys() {
  const focus = document.activeElement;
  return Boolean(focus?.closest('.panel-body') && focus.matches(':focus-visible'));
}

function schedule() {
  clearTimeout(timer);
  if (running) return;
  // Panels that came into view meanwhile have no answer at all: they do not wait for the pace.
  if ([...panels].some((panel) => panel.stale && panel.isVisible())) { demand('new'); return; }
  if (stillness()) return;
  const interval = Math.max(pace(), lastTook / BUSY_SHARE_MAX);
  const moved = (news().tick?.sequence ?? -1) !== lastSequence;
  // Without new records only the window moves on; that is worth a question ten times as seldom.
  const due = lastStart + (moved || chosenInterval(current().refresh) ? interval : interval * 10) - Date.now();
  if (due <= 0) demand('all'); else timer = setTimeout(schedule, Math.min(due, 1_000));
}

/** Milliseconds between two questions: what the person chose, else what suits the range. */
function pace() {
  return chosenInterval(current().refresh) ?? refreshInterval(lengthNow());
}

function lengthNow() {
  try { const { from, to } = range(); return to - from; } catch { return 3_600_000; }
}

/** Starts the refreshing; once. */
export function startRefresher() {
  onNavigate((_, changed) => {
    if (ASKING.some((key) => changed.has(key))) demand('all');
    if (changed.has('refresh')) { tell(); schedule(); }
  });
  onNews((what) => {
    if (what === 'tick') schedule();
    else if (what === 'connection' && news().connection === 'open' && lastStart) demand('all');
  });
  onHoverChange(() => { tell(); schedule(); });
  document.addEventListener('visibilitychange', () => { tell(); schedule(); });
}

/** The age in seconds of the newest record known, null where there is none. */
export function newestAge() {
  const { tick, status } = news();
  const newest = tick?.newest ?? status?.store?.newest;
  return newest ? (serverNow() - Date.parse(newest)) / 1000 : null;
}
