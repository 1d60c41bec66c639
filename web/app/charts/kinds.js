// The kinds of panel by the name that panel data uses.

import { alertTimesKind } from './alert-times.js';
import { alertsByRuleKind } from './alerts-by-rule.js';
import { arrivalsKind } from './arrivals.js';
import { barsKind } from './bars.js';
import { tableKind } from './data-table.js';
import { capacityKind } from './capacity.js';
import { donutKind } from './donut.js';
import { firingKind } from './firing.js';
import { healthKind } from './health.js';
import { heatmapKind } from './heatmap.js';
import { histogramKind } from './histogram.js';
import { mapKind } from './map.js';
import { matrixKind } from './matrix.js';
import { moversKind } from './movers.js';
import { providerTilesKind } from './provider-tiles.js';
import { quantilesKind } from './quantiles.js';
import { rankingKind } from './ranking.js';
import { retentionKind } from './retention.js';
import { scatterKind } from './scatter.js';
import { bulletKind } from './series-bars.js';
import { orSeries } from './series-kinds.js';
import { statKind } from './stat.js';
import { statesKind } from './states.js';
import { textKind } from './text.js';
import { timeKind } from './time-chart.js';
import { unknownKind } from './unknown.js';
import { weekKind } from './week.js';
import { whatIfKind } from './what-if.js';

/**
 * A kind: `queries(panel, wish, pixels)` lists the queries (absent where a panel needs none), `create(host, panel)` makes the
 * view with `update(answers)`, `isEmpty()`, `table()`, `exportOptions(width)` (absent where a picture makes no sense), `paint()`
 * and `destroy()`; `tools(panel)` gives choices for the panel's head.
 */
export const chartKinds = {
  time: orSeries('time', timeKind), stat: orSeries('stat', statKind), ranking: rankingKind, matrix: matrixKind, week: weekKind, providers: providerTilesKind, movers: moversKind, health: healthKind, firing: firingKind,
  capacity: capacityKind, map: mapKind,
  table: tableKind, bullet: bulletKind, states: statesKind, retention: retentionKind, arrivals: arrivalsKind, alerts_by_rule: alertsByRuleKind, alert_times: alertTimesKind, text: textKind,
  heatmap: heatmapKind, histogram: histogramKind, quantiles: quantilesKind, scatter: scatterKind, donut: donutKind, bars: orSeries('bars', barsKind), what_if: whatIfKind,
};

/** The kind of a chart's name; one that this page does not know says so and costs only its own place. */
export function kindOf(chart) {
  return chartKinds[chart] ?? unknownKind;
}
