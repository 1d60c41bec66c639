// The page's state, held by the URL. Everything that changes what is on the screen goes through `navigate`; links are real
// links, so that the middle button, copying and the back button work as everywhere.

import { serverNow } from './clock.js';
import { mayLeave } from './edit/leave-guard.js';
import { resolveRange } from './time-range.js';
import { changedKeys, decodeState, encodeState } from './url-state.js';
import { isZone, localZone } from './zone.js';

let state = decodeState(location.search);
const listeners = new Set();

/** The state now; never changed in place. @returns {import('./url-state.js').State} */
export function current() {
  return state;
}

/** Moves to the state with `patch` applied; `replace` leaves no step for the back button (for details, not for places). */
export function navigate(patch, { replace = false } = {}) {
  const next = { ...state, ...patch };
  const changed = changedKeys(state, next);
  if (changed.length === 0 || (leaves(changed) && !mayLeave())) return;
  history[replace ? 'replaceState' : 'pushState'](null, '', hrefOf(patch));
  become(next);
}

function become(next) {
  const previous = state;
  state = next;
  const changed = new Set(changedKeys(previous, next));
  for (const listener of [...listeners]) listener(state, changed);
}

/** Whether another page would stand in place of this one. */
function leaves(changed) {
  return ['page', 'view', 'snapshot'].some((key) => changed.includes(key));
}

addEventListener('popstate', () => {
  const next = decodeState(location.search);
  if (leaves(changedKeys(state, next)) && !mayLeave()) { history.pushState(null, '', hrefOf({})); return; }
  become(next);
});

/** Calls `listener(state, changedKeys)` after each change; returns how to stop. */
export function onNavigate(listener) {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The address of the state with `patch` applied. */
export function hrefOf(patch) {
  return location.pathname + encodeState({ ...state, ...patch });
}

/** Attributes of a link to the state with `patch` applied. `patch` may be a function, asked when the link is followed. */
export function linkTo(patch) {
  const patchNow = () => (typeof patch === 'function' ? patch() : patch);
  return {
    href: hrefOf(patchNow()),
    onclick: (event) => {
      if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
      event.preventDefault();
      navigate(patchNow());
    },
  };
}

/** The IANA name of the chosen zone. */
export function zone() {
  if (state.tz === 'local') return localZone();
  return isZone(state.tz) ? state.tz : 'UTC';
}

/** The chosen range in instants, `{from, to}`; throws RangeError where the URL holds none. */
export function range() {
  return resolveRange(state, serverNow(), zone());
}

/** Whether the range moves with the clock. */
export function followsClock() {
  return state.to.startsWith('now');
}
