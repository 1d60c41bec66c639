// Hourly counts folded onto a week of hours. Pure.

import { calendar } from '../zone.js';

const HOUR_MS = 3_600_000;

/** Folds hourly `rows` of `[ms, count]` into 7 x 24 cells: mean per hour that lies wholly in the range, and its occurrences. Pure. */
export function foldWeek(rows, from, to, zoneName) {
  const cells = Array.from({ length: 7 }, () => Array.from({ length: 24 }, () => ({ sum: 0, hours: 0, times: [] })));
  for (const [ms, count] of rows) {
    const { weekday, hour } = calendar(ms, zoneName);
    const cell = cells[weekday][hour];
    cell.times.push([ms, count]);
    // An hour cut by the range's ends would pull the mean down.
    if (ms >= from && ms + HOUR_MS <= to) { cell.sum += count; cell.hours += 1; }
  }
  for (const cell of cells.flat()) cell.mean = cell.hours ? cell.sum / cell.hours : null;
  return cells;
}
