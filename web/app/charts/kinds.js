// The kinds of panel by the name that panel data uses.

import { firingKind } from './firing.js';
import { healthKind } from './health.js';
import { matrixKind } from './matrix.js';
import { moversKind } from './movers.js';
import { providerTilesKind } from './provider-tiles.js';
import { rankingKind } from './ranking.js';
import { statKind } from './stat.js';
import { timeKind } from './time-chart.js';
import { weekKind } from './week.js';

/**
 * A kind: `queries(panel, wish, pixels)` lists the queries (absent where a panel needs none), `create(host, panel)` makes the
 * view with `update(answers)`, `isEmpty()`, `table()`, `exportOptions(width)` (absent where a picture makes no sense), `paint()`
 * and `destroy()`; `tools(panel)` gives choices for the panel's head.
 */
export const chartKinds = {
  time: timeKind, stat: statKind, ranking: rankingKind, matrix: matrixKind, week: weekKind, providers: providerTilesKind, movers: moversKind, health: healthKind, firing: firingKind,
};
