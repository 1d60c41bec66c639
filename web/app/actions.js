// What a click on a figure or a value does: show the requests behind it, filter by it. The same everywhere on the page.

import { both, filterIn, filterOut } from './filter-text.js';
import { copyText, openMenu } from './popover.js';
import { current, hrefOf, navigate } from './router.js';
import { absoluteRange } from './time-range.js';
import { valueName } from './answer.js';

/**
 * The state that lists the requests behind a figure: those of `clause` between `from` and `to` (ms), within the page's filter.
 * Without times the page's range stays.
 */
export function requestsBehind({ from, to, clause = '', sort = '-time' }) {
  const state = current();
  const where = clause && !state.where.includes(clause) ? both(state.where, clause) : state.where;
  const times = from === undefined ? {} : absoluteRange(from, to);
  return { page: 'requests', view: 'records', ...times, where, sort, open: '', full: '', table: [], vars: {} };
}

/** Narrows the page to one value of a field. */
export function keepOnly(field, value) {
  navigate({ where: filterIn(current().where, field, value), open: '' });
}

/** Leaves one value of a field out. */
export function leaveOut(field, value) {
  navigate({ where: filterOut(current().where, field, value), open: '' });
}

/** The menu items for a value of a field. `behind` describes the requests behind it, where that makes sense. */
export function valueItems(field, value, behind) {
  const patch = behind && requestsBehind(behind);
  return [
    field === 'client' && value !== null && value !== '_other' && { label: 'Details of this client', icon: 'open', onclick: () => navigate({ client: String(value) }) },
    { label: 'Filter for this value', icon: 'plus', onclick: () => keepOnly(field, value) },
    { label: 'Filter out', icon: 'minus', onclick: () => leaveOut(field, value) },
    patch && { label: 'Show the requests', icon: 'list', href: hrefOf(patch), onclick: follow(patch) },
    value !== null && { label: 'Copy value', icon: 'copy', onclick: () => copyText(String(value)) },
  ];
}

/** Opens the menu of a value at `anchor`. */
export function openValueMenu(anchor, field, value, behind, more = []) {
  openMenu(anchor, [...more, ...valueItems(field, value, behind)], { heading: `${field}: ${valueName(value)}` });
}

/** A listener for links whose state is `patch`: plain clicks stay in the page, others do what the browser does. */
export function follow(patch) {
  return (event) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(patch);
  };
}

/** A link's attributes to the requests behind something. */
export function behindLink(what) {
  const patch = requestsBehind(what);
  return { href: hrefOf(patch), onclick: follow(patch) };
}
