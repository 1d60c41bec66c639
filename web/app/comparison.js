// The time that figures are compared with: its name, and whether it can be compared with at all.

import { news } from './live.js';
import { current } from './router.js';

/** What the compared time is called. */
export function comparisonName() {
  return { period: 'previous period', day: 'a day before', week: 'a week before', off: 'nothing' }[current().compare];
}

/** Whether a chart over time draws the time that it is compared with: where its panel says so, or the page wants it on all of them. */
export function drawsComparison(panel) {
  const { compare, overlay } = current();
  return compare !== 'off' && Boolean(panel.compare || overlay === 'all');
}

/** Whether `answer` is there and covers its range: against a time from which only a part is kept everything would seem to grow. */
export function isComparable(answer) {
  if (current().compare === 'off' || !answer?.rows || answer.completeness?.complete === false) return false;
  const oldest = news().status?.store?.oldest;
  return !oldest || Date.parse(answer.from) >= Date.parse(oldest);
}
