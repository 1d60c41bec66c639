// The axis of percentiles, stretched towards the slow end: each further nine takes as much room as the one before. Pure.

/** The percentiles asked for: few where curves are flat, many where they bend. */
export const RANKS = [1, 5, 10, 20, 30, 40, 50, 60, 70, 75, 80, 85, 90, 92, 94, 95, 96, 97, 98, 99, 99.5, 99.9];
/** Those with a mark on the axis, the most important first. */
export const MARKED_RANKS = [50, 99, 90, 99.9, 95, 99.5, 75, 10];

/** Where a percentile lies: 0 for p0, 1 for p90, 2 for p99, 3 for p99.9. */
export function rankPosition(percent) {
  return -Math.log10(1 - Math.min(percent, 99.99) / 100);
}
