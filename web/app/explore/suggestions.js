// What the editor offers at the cursor: metrics, functions, labels, values, durations. Names are asked of the server once and kept.

import { fetchFunctions, fetchLabels, fetchMetadata, fetchMetrics, fetchValues } from './prometheus-api.js';
import { AGGREGATIONS, DURATIONS, quoted } from './promql-text.js';

/** Answers are kept this long: new metrics and values should appear without a reload. */
const KEPT_MS = 60_000;

const kept = new Map();

function remembered(key, ask) {
  const known = kept.get(key);
  if (known && Date.now() - known.since < KEPT_MS) return known.answer;
  const answer = ask();
  kept.set(key, { answer, since: Date.now() });
  answer.catch(() => kept.delete(key));
  return answer;
}

/** All metrics with what is known of them: `[{name, type, help, unit}]`, histograms and summaries once. */
export async function metrics() {
  const [names, metadata] = await remembered('metrics', () => Promise.all([fetchMetrics(), fetchMetadata()]));
  return names.map((name) => {
    const family = metadata[name] ? name : name.replace(/_(?:bucket|sum|count|total|created)$/, '');
    const known = metadata[name]?.[0] ?? metadata[family]?.[0];
    return { name, type: known?.type ?? '', help: known?.help ?? '', unit: known?.unit ?? '' };
  });
}

/** The suggestions for a context of promql-text.js: `[{kind, text, label, detail}]`, best first. */
export async function suggestionsFor(context) {
  const prefix = context.prefix.toLowerCase();
  switch (context.expect) {
    case 'expression': return expressions(prefix);
    case 'label': return ranked(await labelsOf(context.metric), prefix).map((name) => ({ kind: 'label', text: `${name}="|"`, label: name, detail: '' }));
    case 'grouping': return ranked(await labelsOf(context.metric), prefix).map((name) => ({ kind: 'label', text: name, label: name, detail: '' }));
    case 'value': return values(context, prefix);
    case 'duration': return DURATIONS.filter(([text]) => text.startsWith(prefix)).map(([text, detail]) => ({ kind: 'duration', text, label: text, detail }));
    default: return [];
  }
}

async function expressions(prefix) {
  const [families, functions] = await Promise.all([metrics().catch(() => []), remembered('functions', fetchFunctions).catch(() => [])]);
  const list = [
    ...families.map(({ name, type, help }) => ({ kind: 'metric', text: name, label: name, detail: [type, help].filter(Boolean).join(' \u00b7 ') })),
    ...functions.map(({ name, signature, help }) => ({
      kind: 'function', text: AGGREGATIONS.includes(name) ? `${name} by (|) ()` : `${name}(|)`, label: name, detail: [signature, help].filter(Boolean).join(' \u00b7 '),
    })),
  ];
  return ranked(list, prefix, (item) => item.label);
}

async function labelsOf(metric) {
  return (await remembered(`labels ${metric ?? ''}`, () => fetchLabels(metric))).filter((name) => name !== '__name__');
}

async function values({ label, metric, quote }, prefix) {
  if (!label) return [];
  const known = await remembered(`values ${label} ${metric ?? ''}`, () => fetchValues(label, metric));
  return ranked(known, prefix).map((value) => ({ kind: 'value', text: quote === "'" || quote === '`' ? quote + value + quote : quoted(value), label: value, detail: '' }));
}

// What begins with the text comes first, then what holds it at the start of a word, then what holds it anywhere.
function ranked(list, prefix, nameOf = (item) => item) {
  if (!prefix) return list;
  const rank = (item) => {
    const name = nameOf(item).toLowerCase();
    const at = name.indexOf(prefix);
    if (at < 0) return 3;
    return at === 0 ? 0 : /[_:.\-/]/.test(name[at - 1]) ? 1 : 2;
  };
  return list.map((item) => ({ item, rank: rank(item) })).filter(({ rank: one }) => one < 3).sort((a, b) => a.rank - b.rank).map(({ item }) => item);
}
