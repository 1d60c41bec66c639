// From the groups of two fields to rows, columns and shades. Pure.

/**
 * The rows of a matrix of `answerRows` (`[row value, column value, measures...]`), those with the largest sums first, at most
 * `rowsMax`; columns by number where all are numbers, else those with the largest sums first.
 */
export function matrixModel(answerRows, place, rowsMax) {
  const rows = new Map();
  const columns = new Map();
  for (const answer of answerRows) {
    const [value, column] = answer;
    // The rest of a limited answer has no place among pairs of values.
    if (value === '_other') continue;
    const figure = answer[2 + place];
    if (!rows.has(value)) rows.set(value, { value, cells: new Map(), sum: 0, most: 0 });
    const row = rows.get(value);
    row.cells.set(column, figure);
    row.sum += figure ?? 0;
    row.most = Math.max(row.most, figure ?? 0);
    columns.set(column, (columns.get(column) ?? 0) + (figure ?? 0));
  }
  const shown = [...rows.values()].sort((a, b) => b.sum - a.sum).slice(0, rowsMax);
  const kept = [...columns.keys()].filter((column) => shown.some((row) => row.cells.get(column) !== undefined && row.cells.get(column) !== null));
  const numeric = kept.every((column) => column === null || !Number.isNaN(Number(column)));
  kept.sort((a, b) => (numeric ? Number(a ?? 0) - Number(b ?? 0) : columns.get(b) - columns.get(a)));
  return { rows: shown, columns: kept, sum: shown.reduce((sum, row) => sum + row.sum, 0), most: Math.max(...shown.map((row) => row.most), 0) };
}

/** How strong a cell is shaded, 0 to 1: counts against the sum of their row or of all, other figures against the largest. */
export function cellStrength(value, sum, most, { logarithmic, isCount }) {
  const whole = isCount ? sum : most;
  if (!(whole > 0) || !(value > 0)) return 0;
  const share = Math.min(1, value / whole);
  return logarithmic ? Math.max(0, 1 + Math.log10(share) / 4) : share;
}
