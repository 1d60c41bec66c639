// The time compared with, behind the lines of a chart: one dotted line where a chart has one series or stacks them, else one for each
// series as long as they can be told apart. Pure.

/** Beyond so many lines a second one for each would only be noise. */
const LINES_MAX = 6;

/**
 * The ghosts of the visible series `[{series, color}]`: `{name, values, color}`. `before` are the series of the time compared with;
 * `name` is empty where there is only one. A stack is compared as a whole.
 */
export function ghostsOf(visible, before, stacked, muted) {
  if (before.length === 0 || visible.length === 0) return [];
  const pairs = visible.map(({ series, color }) => ({ series, color, then: before.find((other) => other.measure === series.measure && other.value === series.value) })).filter(({ then }) => then);
  if (pairs.length === 1 && visible.length === 1) return [{ name: '', values: pairs[0].then.values, color: muted }];
  if (stacked) return pairs.length ? [{ name: 'total', values: sumOf(pairs.map(({ then }) => then.values)), color: muted }] : [];
  return pairs.length > LINES_MAX ? [] : pairs.map(({ series, color, then }) => ({ name: series.name, values: then.values, color }));
}

function sumOf(lists) {
  const length = Math.max(...lists.map((values) => values.length));
  return Array.from({ length }, (_, index) => lists.reduce((sum, values) => sum + (values[index] ?? 0), 0));
}
