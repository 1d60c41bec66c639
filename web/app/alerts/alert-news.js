// What fires now, for everything on the page that shows it: asked once for all of them, every few seconds while someone looks.

import { current, onNavigate } from '../router.js';
import { isPressed } from '../press.js';
import { fetchActive, fetchRouted } from './alerting-api.js';
import { countAlerts, mergeAlerts } from './model.js';

/** Milliseconds between questions on the pages that show alerts, and on the others, which only show their number. */
const PACE_MS = 3_000;
const SLOW_PACE_MS = 15_000;

const listeners = new Set();
let known = { alerts: [], counts: countAlerts([]), error: null, loaded: false };
let timer = 0;
let asking = null;

/** `{alerts, counts, error, loaded}` as last heard. */
export function alertNews() {
  return known;
}

/** Calls `listener` after each answer; returns how to stop. */
export function onAlertNews(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Asks now. */
export async function refreshAlerts() {
  clearTimeout(timer);
  asking ??= ask();
  await asking;
  asking = null;
  clearTimeout(timer);
  timer = setTimeout(refreshAlerts, current().page === 'requests' || current().page === 'explore' ? SLOW_PACE_MS : PACE_MS);
}

async function ask() {
  if (document.hidden || isPressed()) return;
  try {
    const [active, routed] = await Promise.all([fetchActive(), fetchRouted()]);
    const alerts = mergeAlerts(active, routed);
    known = { alerts, counts: countAlerts(alerts), error: null, loaded: true };
  } catch (error) {
    known = { ...known, error };
  }
  for (const listener of [...listeners]) listener(known);
}

/** Starts asking; once. */
export function startAlertNews() {
  onNavigate((_, changed) => { if (changed.has('page')) refreshAlerts(); });
  document.addEventListener('visibilitychange', () => { if (!document.hidden) refreshAlerts(); });
  return refreshAlerts();
}
