// Kinds that can ask series in place of requests: `promql` in a panel decides.

import { seriesBarsKind } from './series-bars.js';
import { seriesStatKind } from './series-stat.js';
import { seriesTimeKind } from './series-time.js';

const SERIES = { time: seriesTimeKind, stat: seriesStatKind, bars: seriesBarsKind };

/** The kind `name`, which draws series where a panel has `promql`; a panel that only knows series needs no other. */
export function orSeries(name, kind) {
  const chosen = (spec) => (spec.promql?.length ? SERIES[name] : kind ?? SERIES[name]);
  return {
    queries: (spec, wish, pixels) => chosen(spec).queries(spec, wish, pixels),
    create: (host, spec) => chosen(spec).create(host, spec),
    tools: (spec) => chosen(spec).tools?.(spec) ?? null,
  };
}
