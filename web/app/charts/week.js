// When there is load: hours of the day by days of the week, folded from hourly counts in the chosen zone.

import { follow, requestsBehind } from '../actions.js';
import { h, replace } from '../dom.js';
import { format } from '../format.js';
import { openMenu } from '../popover.js';
import { atLeastDays, bucketQuery } from '../queries.js';
import { hrefOf, zone } from '../router.js';
import { formatSpan, WEEKDAYS } from '../zone.js';
import { foldWeek } from './fold-week.js';
import { heatOptions } from './matrix.js';

const HOUR_MS = 3_600_000;
/** Below a week some cells could only be empty. */
const DAYS_MIN = 7;
/** Occurrences of an hour listed when its cell is opened. */
const OCCURRENCES_MAX = 16;

export const weekKind = {
  queries: (panel, wish) => [bucketQuery({ ...panel.query, every: '1h' }, atLeastDays(wish, DAYS_MIN), 0)],
  create: (host, panel) => new WeekHeat(host, panel),
};

class WeekHeat {
  constructor(host, panel) {
    this.panel = panel;
    this.grid = h('div', { class: 'week-grid', role: 'grid', 'aria-label': panel.title });
    this.caption = h('div', { class: 'panel-caption' });
    this.focus = [0, 12];
    this.grid.addEventListener('keydown', (event) => this.key(event));
    host.append(this.grid, this.caption);
  }

  update([answer]) {
    this.range = { from: Date.parse(answer.from), to: Date.parse(answer.to) };
    this.cells = foldWeek(answer.rows, this.range.from, this.range.to, zone());
    this.paint();
  }

  paint() {
    if (!this.cells) return;
    const means = this.cells.flat().map((cell) => cell.mean ?? 0);
    const most = Math.max(...means, 1e-9);
    const peak = this.cells.flatMap((row, day) => row.map((cell, hour) => ({ cell, day, hour }))).sort((a, b) => (b.cell.mean ?? 0) - (a.cell.mean ?? 0))[0];
    replace(this.grid,
      h('div', { class: 'week-row week-head', role: 'row' },
        h('span', { role: 'presentation' }),
        Array.from({ length: 24 },
          (_, hour) => h('span', { role: 'columnheader' }, h('span', { class: hour % 3 ? 'visually-hidden' : null }, String(hour).padStart(2, '0'))),
        ),
      ),
      this.cells.map((row, day) => h('div', { class: 'week-row', role: 'row' },
        h('span', { role: 'rowheader' }, WEEKDAYS[day]),
        row.map((cell, hour) => this.cell(cell, day, hour, most)),
      )));
    replace(this.caption,
      `${formatSpan(wholeMinute(this.range.from), wholeMinute(this.range.to), zone())}, ${zone()}`,
      peak?.cell.mean > 0 && ` \u00b7 busiest: ${WEEKDAYS[peak.day]} ${hours(peak.hour)}, ${format(peak.cell.mean, '1')} requests an hour`,
    );
  }

  cell(cell, day, hour, most) {
    const step = cell.mean === null ? 0 : Math.min(6, Math.max(cell.mean > 0 ? 1 : 0, Math.ceil((cell.mean / most) * 6)));
    const text = `${WEEKDAYS[day]} ${hours(hour)}: ${cell.mean === null ? 'no whole hour in the range' : `${format(cell.mean, '1')} requests an hour`}`;
    return h('button', {
      type: 'button', role: 'gridcell', class: `week-cell step-${step}${cell.mean === null ? ' unknown' : ''}`, title: text, 'aria-label': text, tabindex: day === this.focus[0] && hour === this.focus[1] ? '0' : '-1',
      onclick: (event) => this.open(event.currentTarget, cell, day, hour), onfocus: () => { this.focus = [day, hour]; },
    });
  }

  open(anchor, cell, day, hour) {
    const items = cell.times.slice(-OCCURRENCES_MAX).reverse().map(([ms, count]) => {
      const patch = requestsBehind({ from: ms, to: ms + HOUR_MS });
      return { label: formatSpan(ms, ms + HOUR_MS, zone()), detail: format(count, 'req'), icon: 'list', href: hrefOf(patch), onclick: follow(patch) };
    });
    if (items.length) openMenu(anchor, items, { heading: `${WEEKDAYS[day]} ${hours(hour)}: show the requests of` });
  }

  key(event) {
    const move = { ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0] }[event.key];
    if (!move) return;
    event.preventDefault();
    this.focus = [(this.focus[0] + move[0] + 7) % 7, (this.focus[1] + move[1] + 24) % 24];
    const all = this.grid.querySelectorAll('.week-cell');
    all.forEach((cell) => { cell.tabIndex = -1; });
    const target = all[this.focus[0] * 24 + this.focus[1]];
    target.tabIndex = 0;
    target.focus();
  }

  isEmpty() { return this.cells.flat().every((cell) => cell.times.every(([, count]) => count === 0)); }

  destroy() {}

  table() {
    return {
      columns: [{ label: 'Day' }, ...Array.from({ length: 24 }, (_, hour) => ({ label: hours(hour), number: true }))],
      rows: this.cells.map((row, day) => [{ text: WEEKDAYS[day] }, ...row.map((cell) => {
        const newest = cell.times[cell.times.length - 1];
        return { text: format(cell.mean, '1'), link: newest?.[1] ? requestsBehind({ from: newest[0], to: newest[0] + HOUR_MS }) : null };
      })]),
    };
  }

  exportOptions() {
    const rows = [...this.cells.entries()].reverse();
    return { options: heatOptions(
      Array.from({ length: 24 }, (_, hour) => String(hour)),
      rows.map(([day]) => WEEKDAYS[day]),
      rows.flatMap(([, row], y) => row.map((cell, x) => [x, y, cell.mean])),
      false,
    ) };
  }
}

function wholeMinute(ms) {
  return Math.floor(ms / 60_000) * 60_000;
}

function hours(hour) {
  return `${String(hour).padStart(2, '0')}:00`;
}
