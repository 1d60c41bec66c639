// Measures that a marked span can be explained by, how they are called, and where the requests of a cause are. Pure.

/** Offered in the choice, in this order; the measure of the panel that was marked comes first. */
export const USUAL_MEASURES = [
  ['count', 'Number of requests'], ['ratio(error_type: * and not error_type: client_closed)', 'Error rate'], ['ratio(status >= 500)', 'Share of 5xx'], ['p95(duration)', 'p95 duration'],
  ['p95(ttft)', 'p95 first token'], ['sum(cost)', 'Cost'], ['sum(total_tokens)', 'Tokens'],
];

/** What a measure is called by people. */
export function measureName(measure) {
  const bare = bareMeasure(measure);
  const usual = USUAL_MEASURES.find(([text]) => text === bare);
  if (usual) return usual[1];
  const call = /^(\w+)\((.*)\)$/.exec(bare);
  if (!call) return bare;
  const words = call[2].replace(/_/g, ' ');
  if (call[1] === 'ratio') return `Share of ${call[2]}`;
  return { avg: `Mean ${words}`, sum: `Sum of ${words}`, max: `Highest ${words}`, min: `Lowest ${words}`, uniq: `Number of different ${words}` }[call[1]] ?? `${call[1]} ${words}`;
}

/** The measure without the name that a query gives it. */
export function bareMeasure(measure) {
  return measure.replace(/\sas\s+(?:"(?:[^"\\]|\\.)*"|\S+)$/, '');
}

/** Whether differences of a measure can be attributed to values of dimensions. */
export function isExplainable(measure) {
  return /^(count|rate)$|^(sum|ratio|avg|p\d+(\.\d+)?)\(/.test(bareMeasure(measure));
}

/** What a panel's query gives to explain: of several percentiles p95, else its first measure that can be, and its filter; null where there is none. */
export function explainOf(query) {
  const measures = query?.measures?.filter(isExplainable) ?? [];
  const measure = measures.find((one) => one.startsWith('p95(')) ?? measures[0];
  return measure ? { measure: bareMeasure(measure), where: query.where ?? '' } : null;
}

/** Whether a cause had requests before the marked span and has none in it. */
export function hasStopped(cause) {
  return cause.share_now === 0;
}

/** Where requests of a cause are to be seen: in the marked span, but in the time before it when they have stopped. */
export function spanOfCause(cause, answer) {
  const [from, to] = hasStopped(cause) ? [answer.baseline_from, answer.baseline_to] : [answer.from, answer.to];
  return { from: Date.parse(from), to: Date.parse(to) };
}

/** A share of the difference as words: `97 %`; what works against it is told as such. */
export function explainedText(explained, format) {
  if (explained === null || !Number.isFinite(explained)) return '';
  return explained < 0 ? `against it ${format(-explained, 'ratio')}` : format(explained, 'ratio');
}
