// News from the server: a tick a second, and its state every few seconds. Knows when the connection is lost.

import { fetchStatus } from './api.js';
import { setServerTime } from './clock.js';

/** Without a tick for this long the connection counts as lost, whatever the browser thinks of it. */
const SILENCE_MS = 6_000;
/** The browser tries again by itself; after this long the pill says offline instead of reconnecting. */
const OFFLINE_MS = 15_000;
const STATUS_MS = 10_000;

/** Ticks over which the rate of arrival is averaged: from one second to the next it only flickers. */
const RATE_TICKS = 15;

const listeners = new Set();
const recent = [];
let connection = 'connecting';
let tick = null;
let lastTick = 0;
let lostSince = 0;
let status = null;
let source = null;

/** The connection (`connecting`, `open`, `reconnecting`, `offline`), the last tick and when it came, and the last status. */
export function news() {
  return { connection, tick, lastTick, status };
}

/** Records arriving per second, averaged over the last ticks; null before the second tick. */
export function arrivalRate() {
  const [first] = recent;
  const last = recent[recent.length - 1];
  return recent.length < 2 ? null : Math.max(0, (last.sequence - first.sequence) / ((last.time - first.time) / 1000));
}

/** Calls `listener` after each tick, each change of the connection and each new status. */
export function onNews(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function tell(what) {
  for (const listener of [...listeners]) listener(what);
}

/** Starts listening; once. */
export function startNews() {
  connect();
  setInterval(watch, 1_000);
  setInterval(() => { if (!document.hidden) refreshStatus(); }, STATUS_MS);
  return refreshStatus();
}

function connect() {
  source?.close();
  source = new EventSource('/api/v1/live');
  source.addEventListener('tick', (event) => {
    try { tick = JSON.parse(event.data); } catch { return; }
    recent.push({ time: Date.parse(tick.time), sequence: tick.sequence });
    if (recent.length > RATE_TICKS) recent.shift();
    lastTick = Date.now();
    lostSince = 0;
    setServerTime(Date.parse(tick.time));
    setConnection('open');
    tell('tick');
  });
}

function watch() {
  if (document.hidden) return;
  const silent = Date.now() - lastTick > SILENCE_MS;
  if (!silent || (connection === 'connecting' && lostSince === 0 && !lastTick && performance.now() < SILENCE_MS)) return;
  lostSince ||= Date.now();
  setConnection(Date.now() - lostSince > OFFLINE_MS ? 'offline' : 'reconnecting');
  // A browser gives up on some failures (a proxy's 502, say); a new source starts over.
  if (source.readyState === EventSource.CLOSED) connect();
}

function setConnection(next) {
  if (next === connection) return;
  const lost = connection === 'offline' || connection === 'reconnecting';
  connection = next;
  if (next === 'open' && lost) refreshStatus();
  tell('connection');
}

/** Fetches the server's status now; null where it cannot be had. */
export async function refreshStatus() {
  try {
    status = await fetchStatus();
    tell('status');
  } catch { /* the connection's state says it already */ }
  return status;
}
