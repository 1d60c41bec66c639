// A panel's figures as a plain table: for screen readers, for exact values, and for reaching the requests by keyboard.

import { openValueMenu } from './actions.js';
import { h } from './dom.js';
import { linkTo } from './router.js';

/** Rows shown; a longer table is what CSV is for. */
const ROWS_MAX = 400;

/** The table of `{columns: [{label, number?, swatch?}], rows: [[{text, link?, value?, level?}]]}`. */
export function panelTable({ columns, rows }, title) {
  const head = columns.map((column) => h('th', { scope: 'col', class: column.number ? 'number' : null },
    column.swatch && h('span', { class: 'swatch', style: { background: column.swatch } }),
    column.label,
  ));
  const body = rows.slice(0, ROWS_MAX).map((row) => h('tr', {}, row.map((cell, index) => h(index === 0 ? 'th' : 'td', {
    scope: index === 0 ? 'row' : null, class: [
      columns[index].number ? 'number' : '',
      cell.level && cell.level !== 'ok' ? `level-${cell.level}` : '',
    ].join(' ').trim() || null,
  }, content(cell)))));
  return h('div', { class: 'panel-table', tabindex: '0', role: 'region', 'aria-label': `${title} as a table` },
    h('table', {}, h('thead', {}, h('tr', {}, head)), h('tbody', {}, body)),
    rows.length > ROWS_MAX && h('p', { class: 'panel-caption' }, `The first ${ROWS_MAX} of ${rows.length} rows; the CSV has them all.`));
}

function content(cell) {
  if (cell.link) return h('a', { ...linkTo(cell.link), title: 'Show the requests' }, cell.text);
  if (cell.value) return h('button',
    { type: 'button', class: 'plain', onclick: (event) => openValueMenu(event.currentTarget, ...cell.value) },
    cell.text,
  );
  return cell.text;
}
