// How much of a day's traffic falls into each hour of the day. Pure.

import { calendar } from '../zone.js';

/** Means per hour of the day from rows `[hour's start in ms, count]`: 24 numbers, null for an hour that does not occur. */
export function hourProfile(rows, zoneName) {
  const sums = new Array(24).fill(0);
  const days = new Array(24).fill(0);
  for (const [time, count] of rows) {
    const { hour } = calendar(time, zoneName);
    sums[hour] += count ?? 0;
    days[hour] += 1;
  }
  return sums.map((sum, hour) => (days[hour] ? sum / days[hour] : null));
}
