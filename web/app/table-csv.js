// A panel's table as CSV (RFC 4180). Pure.

/** The text of `{columns: [{label}], rows: [[{text}]]}`, with a line per row and a head. */
export function csvOf({ columns, rows }) {
  return [columns.map((column) => column.label), ...rows.map((row) => row.map((cell) => cell.text ?? ''))].map((line) => line.map(cellOf).join(',')).join('\r\n') + '\r\n';
}

// A spreadsheet would run a cell that begins like a formula: values come from strangers' requests. Numbers stay numbers.
function cellOf(value) {
  const text = String(value);
  const safe = /^[=+@\t\r]/.test(text) || (/^-/.test(text) && !/^-?[\d.,]+/.test(text)) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}
