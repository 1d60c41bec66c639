// States over time from series: where the value stays the same is one span, with the words and level of that value. Pure.

/** The state of a value: the entry of `states` with that value, or the nearest below it where values are a scale (a health of 0.93). */
export function stateOf(value, states) {
  if (value === null || value === undefined) return null;
  const exact = states.find((state) => state.value === value);
  if (exact) return exact;
  const below = states.filter((state) => state.value <= value).sort((a, b) => b.value - a.value)[0];
  return below ?? { value, text: String(value), level: 'none' };
}

/**
 * The rows of a timeline: for each series its spans `{from, to, value, state}` (ms), gaps left out. Neighbouring instants of the same state
 * are one span; a span ends where the next instant's slot begins.
 * @param {import('../answer.js').Buckets} model
 */
export function stateRows(model, states) {
  return model.series.map((series) => {
    const spans = [];
    for (const [index, value] of series.values.entries()) {
      const state = stateOf(value, states);
      if (!state) continue;
      const last = spans[spans.length - 1];
      if (last?.state === state && last.to === model.times[index]) { last.to = model.ends[index]; last.low = Math.min(last.low, value); last.high = Math.max(last.high, value); }
      else spans.push({ from: model.times[index], to: model.ends[index], value, low: value, high: value, state });
    }
    return { name: series.name, series, spans };
  });
}

/** How long each state lasted, the longest first: `{state, ms, share}` of the time that is known. */
export function stateShares(row) {
  const lengths = new Map();
  for (const { state, from, to } of row.spans) lengths.set(state, (lengths.get(state) ?? 0) + to - from);
  const known = [...lengths.values()].reduce((sum, ms) => sum + ms, 0);
  return [...lengths].map(([state, ms]) => ({ state, ms, share: ms / known })).sort((a, b) => b.ms - a.ms);
}
