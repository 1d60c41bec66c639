// When which alert was pending and firing in the page's range: a row per rule, from the series that rules leave behind.

import { h, replace } from '../dom.js';
import { formatAge } from '../format.js';
import { icon } from '../icons.js';
import { navigate, range, zone } from '../router.js';
import { absoluteRange } from '../time-range.js';
import { formatInstant, formatSpan } from '../zone.js';
import { timeTicks } from '../charts/ticks.js';
import { hideTooltip, showTooltip } from '../charts/tooltip.js';
import { alertSpans } from './alert-spans.js';
import { timelineRows } from './model.js';
import { failure, frame, nothing } from './parts.js';

/** Rows that are drawn; the rest is named as a number. */
const ROWS_MAX = 30;

export class StateTimeline {
  constructor() {
    this.panel = frame('timeline', 'When it fired', { note: 'in the range above' });
    this.element = this.panel.element;
    this.observer = new ResizeObserver(() => this.draw());
    this.observer.observe(this.element);
  }

  async load() {
    try {
      const wanted = range();
      const alerts = await alertSpans(wanted, true);
      this.model = { range: wanted, rows: timelineRows(alerts) };
      this.draw();
    } catch (error) {
      if (error.name !== 'AbortError') replace(this.panel.body, failure(error, () => this.load()));
    }
  }

  draw() {
    if (!this.model) return;
    const { range: { from, to }, rows } = this.model;
    if (rows.length === 0) { replace(this.panel.body, nothing('No alert in this range', 'Choose a longer range to see when rules fired.')); return; }
    const width = this.panel.body.clientWidth - 220;
    const place = (ms) => `${Math.max(0, Math.min(100, (ms - from) / (to - from) * 100))}%`;
    const ticks = timeTicks(from, to, Math.max(2, Math.floor(width / 80)), zone());
    replace(this.panel.body, h('div', { class: 'timeline' }, rows.slice(0, ROWS_MAX).map((row) => h('div', { class: 'timeline-row' },
      h('div', { class: 'timeline-name', title: row.name }, icon(row.severity === 'info' ? 'info' : row.severity), h('span', {}, row.name)),
      h('div', { class: 'timeline-track' }, row.spans.map((span) => h('button', {
        type: 'button', class: `timeline-span severity-${span.severity} ${span.state}`, style: { left: `min(${place(span.from)}, calc(100% - 3px))`, width: `max(3px, calc(${place(span.to)} - ${place(span.from)}))` },
        'aria-label': `${row.name} ${span.state} ${formatSpan(span.from, span.to, zone())}`,
        onpointerenter: (event) => showTooltip(describe(row, span), event.clientX, event.clientY), onpointerleave: hideTooltip,
        onclick: () => { hideTooltip(); navigate(absoluteRange(span.from - (span.to - span.from) - 60_000, span.to + 60_000)); },
      }))),
      h('div', { class: 'timeline-sum' }, row.firing ? formatAge(row.firing / 1000) : '\u2013'))),
    h('div', { class: 'timeline-row timeline-axis', 'aria-hidden': 'true' }, h('div', { class: 'timeline-name' }), h('div', { class: 'timeline-track' },
      ticks.map((tick) => h('span', { class: tick.strong ? 'strong' : null, style: { left: place(tick.ms) } }, tick.label))), h('div', { class: 'timeline-sum' }, 'firing'))),
    rows.length > ROWS_MAX && h('p', { class: 'muted' }, `and ${rows.length - ROWS_MAX} more`));
  }

  destroy() {
    this.observer.disconnect();
    hideTooltip();
  }
}

function describe(row, span) {
  return {
    heading: `${row.name} ${span.state}`,
    rows: Object.entries(span.labels).filter(([name]) => name !== 'alertname').map(([name, text]) => ({ name, text })),
    note: `${formatInstant(span.from, zone())}, for ${formatAge((span.to - span.from) / 1000)}. Click to zoom.`,
  };
}
