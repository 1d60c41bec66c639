// The requests with the highest values as dots on a chart of percentiles: from a peak to the request that made it with one click.

import { fetchRecords } from '../api.js';
import { h, replace } from '../dom.js';
import { both } from '../filter-text.js';
import { format } from '../format.js';
import { current, navigate, zone } from '../router.js';
import { formatInstant } from '../zone.js';

/** Dots on one chart: enough to show where the peaks come from. */
const DOTS_MAX = 40;
/** Milliseconds between two questions while the range follows the clock. */
const PACE_MS = 10_000;

/** The field whose percentiles a panel draws, and of which single requests can be shown; null where it draws none, or groups. */
export function exemplarField(panel) {
  if (panel.chart !== 'time' || panel.query?.by?.length) return null;
  const fields = panel.query?.measures?.map((measure) => /^p\d+(?:\.\d+)?\((\w+)\)/.exec(measure)?.[1]) ?? [];
  return fields.length > 0 && fields.every((field) => field && field === fields[0]) ? fields[0] : null;
}

export class Exemplars {
  /**
   * @param {HTMLElement} host  the plot
   * @param {object} panel
   * @param {{plot: () => object, model: () => object, height: (value: number) => number}} source  `height` is a value's place in the plot's host, px
   */
  constructor(host, panel, source) {
    this.panel = panel;
    this.source = source;
    this.field = exemplarField(panel);
    this.records = [];
    this.layer = h('div', { class: 'exemplars' });
    if (this.field) host.append(this.layer);
  }

  /** Draws the dots where they are wanted, and asks for them where they are not known. */
  async update() {
    const on = this.field && current().examples.includes(this.panel.id) && !current().snapshot;
    if (!on) { this.key = ''; this.records = []; this.draw(); return; }
    const { from, to } = this.source.model();
    const where = both(current().where.trim(), this.panel.query.where ?? '');
    const key = `${current().from} ${current().to} ${where}`;
    if (key !== this.key || Date.now() - this.askedAt > PACE_MS) {
      this.key = key;
      this.askedAt = Date.now();
      try {
        const parameters = { from: new Date(from).toISOString(), to: new Date(to).toISOString(), where: both(where, `${this.field}: *`), sort: `-${this.field}`, limit: DOTS_MAX, fields: `time,model,${this.field}` };
        this.records = (await fetchRecords(parameters)).records;
      } catch { this.records = []; }
    }
    this.draw();
  }

  draw() {
    const { times, ends } = this.source.model();
    const { left, top, width, height } = this.source.plot();
    const [start, end] = [times[0], ends[ends.length - 1]];
    const heights = this.records.map((record) => this.source.height(record[this.field]));
    // Dots are buttons: drawn anew only when something moved, or a click would find another one.
    const drawn = JSON.stringify([this.records.map(({ id }) => id), heights, start, end, left, width]);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    replace(this.layer, this.records.map((record, index) => {
      const at = Date.parse(record.time);
      const value = record[this.field];
      if (at < start || at > end) return null;
      // What lies above the axis is drawn at its upper end: the dot says that there is more.
      const y = Math.max(top, Math.min(top + height, heights[index]));
      const name = `${format(value, this.panel.unit)} ${record.model ?? ''}, ${formatInstant(at, zone())}`;
      return h('button', {
        type: 'button', class: 'exemplar', tabindex: '-1', title: name, 'aria-label': `Request: ${name}`, style: { left: `${left + ((at - start) / (end - start)) * width}px`, top: `${y}px` },
        onclick: () => navigate({ open: record.id }, { replace: Boolean(current().open) }),
      });
    }));
  }
}
