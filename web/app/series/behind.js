// From a point of a series to the requests behind it: straight there where one selector leads to requests, by a menu where several do,
// and to Explore where the series do not come from requests.

import { formatCount } from '../format.js';
import { openMenu } from '../popover.js';
import { hrefOf, navigate, zone } from '../router.js';
import { absoluteRange } from '../time-range.js';
import { formatInstant } from '../zone.js';
import { explainPoint } from '../explore/prometheus-api.js';
import { seriesText } from '../explore/promql-text.js';
import { follow } from '../actions.js';

/** The state that lists the requests that a selector counts. */
function requestsOf({ from, to, filter }) {
  return { page: 'requests', view: 'records', ...absoluteRange(Date.parse(from), Date.parse(to)), where: filter ?? '', sort: '-time', open: '', full: '', expr: '', point: '', table: [] };
}

/** The state that shows an expression, and one point of it, on Explore. */
export function exploreState(query, time, metric) {
  return { page: 'explore', expr: query, tab: 'graph', full: '', open: '', table: [], point: time === undefined ? '' : `${time / 1000} ${JSON.stringify(metric)}` };
}

/** Goes to the requests behind the value of the series `metric` of `query` at `time` (ms); `place` is where a menu may open. */
export async function showBehind({ query, time, metric }, place) {
  let selectors = [];
  let failure = '';
  try { ({ selectors } = await explainPoint({ query, time, metric })); } catch (error) { failure = error.message; }
  const counted = selectors.filter((selector) => selector.records > 0);
  if (counted.length === 1 && !place.menu) { navigate(requestsOf(counted[0])); return; }
  const explore = exploreState(query, time, metric);
  openMenu(place, [
    ...counted.map((selector) => {
      const patch = requestsOf(selector);
      return { label: shortened(selector.selector), icon: 'list', detail: `${formatCount(selector.records)} ${selector.records === 1 ? 'request' : 'requests'}`, href: hrefOf(patch), onclick: follow(patch) };
    }),
    counted.length === 0 && { label: failure || selectors.find((selector) => selector.note)?.note || 'No requests are behind this value', onclick: () => {} },
    '-',
    { label: 'Open in Explore', icon: 'code', href: hrefOf(explore), onclick: follow(explore) },
  ], { heading: `${seriesText(metric)} at ${formatInstant(time, zone(), 's')}` });
}

/** A selector fits a menu's line. */
const SELECTOR_MAX = 72;

function shortened(text) {
  return text.length > SELECTOR_MAX ? `${text.slice(0, SELECTOR_MAX - 1)}\u2026` : text;
}
