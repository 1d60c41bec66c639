// Values beside their limits: the limit whose labels fit a value, or the one limit for all. Pure.

import { levelOf } from '../answer.js';

/** The labels of a limit that a value's field or labels must fit; a limit without labels is for all. */
function fits(limit, row) {
  const names = Object.entries(limit.labels).filter(([name]) => name !== '__name__');
  return names.every(([name, text]) => (row.labels ? row.labels[name] === undefined || row.labels[name] === text : row.field === name ? row.key === text : true));
}

/**
 * Rows by the share of their limit that is used, most first: `{...row, limit, level}`; `thresholds` judge that share. Rows without a limit come last.
 * @param {{key: string, value: number|null, field?: string|null, labels?: object}[]} rows
 * @param {{labels: Object<string, string>, value: number|null}[]} limits
 */
export function bulletRows(rows, limits, thresholds) {
  const known = limits.filter((limit) => limit.value > 0);
  return rows.filter((row) => row.value !== null).map((row) => {
    const limit = known.find((one) => fits(one, row))?.value ?? null;
    return { ...row, limit, level: limit ? levelOf(row.value / limit, thresholds) : null };
  }).sort((a, b) => (a.limit === null) - (b.limit === null) || (b.limit ? b.value / b.limit : b.value) - (a.limit ? a.value / a.limit : a.value));
}
