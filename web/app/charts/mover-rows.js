// The comparison behind the table of movers. Pure.

/**
 * The rows of the table, largest movement first. Requests move by their share of all requests, so that a doubling of a tiny
 * client does not outrank a tenth of the largest; a worse error rate counts by the requests it hit. Pure.
 */
export function moverRows(now, before) {
  const earlier = new Map(before.map((row) => [row[0], row]));
  const total = Math.max(1, now.reduce((sum, row) => sum + row[1], 0), before.reduce((sum, row) => sum + row[1], 0));
  const values = new Set([...now, ...before].map((row) => row[0]));
  const current = new Map(now.map((row) => [row[0], row]));
  return [...values].map((value) => {
    const [, count = 0, errors = null, p95 = null, cost = null] = current.get(value) ?? [];
    const [, countBefore = 0, errorsBefore = null, p95Before = null, costBefore = null] = earlier.get(value) ?? [];
    const failed = (errors ?? 0) * count - (errorsBefore ?? 0) * countBefore;
    const slower = p95 && p95Before ? Math.abs(Math.log(p95 / p95Before)) * Math.min(count, countBefore) : 0;
    return {
      value,
      count,
      countBefore,
      errors,
      errorsBefore,
      p95,
      p95Before,
      cost,
      costBefore,
      weight: (Math.abs(count - countBefore) + 4 * Math.abs(failed) + 0.5 * slower) / total,
    };
  }).sort((a, b) => b.weight - a.weight);
}
