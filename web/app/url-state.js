// The state of a page and its URL: decode(encode(state)) is state, defaults are left out, and unknown or broken parts of a
// hand-written URL fall back to the default instead of breaking the page. Pure.

import { DEFAULT_RANGE } from './time-range.js';

/**
 * @typedef {object} State
 * @property {string} page     `alerts`, `explore`, or the id of a dashboard
 * @property {string} view     of the requests page: `analytics` or `records`; of the alerts page: `analytics` (what is active), `incidents`, `rules`, `silences`, `deliveries`
 * @property {string} from     start of the range, an expression of time-range.js
 * @property {string} to       end of the range
 * @property {string} tz       `local` or an IANA zone
 * @property {string} compare  what figures are compared with: `period`, `day`, `week`, or `off`
 * @property {string} where    the filter, as typed
 * @property {string} open     id of the record in the side panel, or empty
 * @property {string} silence  of the silences: matchers of a new one to begin with, as links in messages give them
 * @property {string} item     of the alerts page: the incident or silence that is unfolded, or empty
 * @property {string} client   the client whose details stand beside the page, or empty
 * @property {string} sort     of the requests table, `-` before the field for descending
 * @property {string[]} cols   columns of the requests table, empty for the usual ones
 * @property {Object<string, string[]>} only  per panel the series shown, absent for all
 * @property {Object<string, string>} option  per panel its choice (dimension of a ranking, ...)
 * @property {Object<string, string[]>} vars  per variable of the dashboard the chosen values, absent for its default
 * @property {string} full     panel on the full screen, or empty
 * @property {string[]} table  panels shown as a table
 * @property {string[]} folded sections that stand otherwise than the dashboard has them: folded, or unfolded
 * @property {string} expr     PromQL expression of the Explore page
 * @property {string} tab      of the Explore page: `graph` or `table`
 * @property {string} point    chosen point of the Explore page: seconds, a blank, and the series' labels as JSON
 * @property {string} span     the marked span, `<from>~<to>` as instants, or empty
 * @property {string} measure  what the marked span is explained by, a measure of the API; empty for the number of requests
 * @property {string} within   further filter of the panel that the span was marked on
 * @property {string} refresh  how often figures are fetched: `auto`, `off`, or a time such as `30s`
 * @property {string} overlay  `all`: every chart over time draws the time it is compared with, not only those made for it
 * @property {string} legend   what legends are sorted by: `mean`, `last`, `max` or `name`
 * @property {string[]} bare   panels without their legend
 * @property {string[]} examples  panels that show their highest requests as dots
 * @property {string[]} hide   kinds of annotation that charts do not draw
 * @property {string} density  of the requests table: `normal`, `compact` or `roomy`
 * @property {string} kiosk    `1`: the panels alone
 * @property {string} snapshot id of the kept figures that are shown instead of the present ones
 */

/** @type {State} */
export const DEFAULT_STATE = Object.freeze({
  page: 'overview', view: 'analytics', from: DEFAULT_RANGE.from, to: DEFAULT_RANGE.to, tz: 'local', compare: 'period', where: '',
  open: '', sort: '-time', cols: [], only: {}, option: {}, vars: {}, full: '', table: [], folded: [], expr: '', tab: 'graph', point: '', item: '', silence: '', client: '',
  span: '', measure: '', within: '', refresh: 'auto', overlay: '', legend: 'mean', bare: [], hide: [], examples: [], density: 'normal', kiosk: '', snapshot: '',
});

const TEXT_KEYS = ['page', 'view', 'from', 'to', 'tz', 'compare', 'where', 'open', 'sort', 'full', 'expr', 'tab', 'point', 'item', 'silence', 'span', 'measure', 'within', 'refresh', 'overlay', 'legend', 'density', 'kiosk', 'snapshot', 'client'];
const LIST_KEYS = ['cols', 'table', 'folded', 'bare', 'hide', 'examples'];
/** What an id of a dashboard looks like. */
const PAGE = /^[a-z0-9][a-z0-9-]{0,59}$/;
const CHOICES = {
  view: ['analytics', 'records', 'incidents', 'rules', 'silences', 'deliveries'], tab: ['graph', 'table'], compare: ['period', 'day', 'week', 'off'], overlay: ['all'],
  legend: ['mean', 'last', 'max', 'name'], density: ['normal', 'compact', 'roomy'], kiosk: ['1'],
};

/** The state that a URL's query text (`?page=requests&...`) means. */
export function decodeState(search) {
  const parameters = new URLSearchParams(search);
  const state = { ...DEFAULT_STATE, only: {}, option: {}, vars: {} };
  for (const key of TEXT_KEYS) {
    const value = parameters.get(key);
    if (value !== null && (!CHOICES[key] || CHOICES[key].includes(value)) && (key !== 'page' || PAGE.test(value))) state[key] = value;
  }
  for (const key of LIST_KEYS) {
    const value = parameters.get(key);
    if (value) state[key] = unjoin(value);
  }
  for (const [key, value] of parameters) {
    if (key.startsWith('only.')) state.only[key.slice(5)] = unjoin(value);
    else if (key.startsWith('option.')) state.option[key.slice(7)] = value;
    else if (key.startsWith('var.')) state.vars[key.slice(4)] = unjoin(value);
  }
  return state;
}

/** The query text of `state`, `''` for the default, parameters always in the same order. */
export function encodeState(state) {
  const pairs = [];
  for (const key of TEXT_KEYS) {
    if (state[key] !== DEFAULT_STATE[key]) pairs.push([key, state[key]]);
  }
  for (const key of LIST_KEYS) {
    if (state[key].length > 0) pairs.push([key, join(state[key])]);
  }
  for (const panel of Object.keys(state.only).sort()) pairs.push([`only.${panel}`, join(state.only[panel])]);
  for (const panel of Object.keys(state.option).sort()) pairs.push([`option.${panel}`, state.option[panel]]);
  for (const name of Object.keys(state.vars).sort()) pairs.push([`var.${name}`, join(state.vars[name])]);
  return pairs.length ? `?${pairs.map(([key, value]) => `${part(key)}=${part(value)}`).join('&')}` : '';
}

// Characters that a query may hold as they are stay readable in a pasted link.
function part(text) {
  return encodeURIComponent(text).replace(/%3A/g, ':').replace(/%2C/g, ',').replace(/%2F/g, '/').replace(/%20/g, '+').replace(/%40/g, '@');
}

// Values of a list may hold commas themselves: those are escaped with a backslash.
function join(list) {
  return list.map((item) => item.replace(/[\\,]/g, '\\$&')).join(',');
}

function unjoin(text) {
  const items = [''];
  for (let index = 0; index < text.length; index += 1) {
    if (text[index] === '\\' && index + 1 < text.length) { index += 1; items[items.length - 1] += text[index]; }
    else if (text[index] === ',') items.push('');
    else items[items.length - 1] += text[index];
  }
  return items.filter((item) => item !== '');
}

/** The keys in which two states differ. */
export function changedKeys(a, b) {
  return Object.keys(DEFAULT_STATE).filter((key) => JSON.stringify(a[key]) !== JSON.stringify(b[key]));
}
