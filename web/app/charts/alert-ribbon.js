// What happened meanwhile, drawn on a chart over time: alerts as a ribbon along its top, with a line where one began, and annotations.

import { AnnotationMarks } from '../annotations/annotation-marks.js';
import { alertSpans } from '../alerts/alert-spans.js';
import { alertNews } from '../alerts/alert-news.js';
import { SEVERITIES, timelineRows } from '../alerts/model.js';
import { h, replace } from '../dom.js';
import { current, onNavigate } from '../router.js';

/** Spans drawn on one chart: the worst and longest of them. */
const SPANS_MAX = 40;
/** Names in a tooltip. */
const NAMES_MAX = 3;

export class AlertRibbon {
  /**
   * @param {HTMLElement} host  the plot
   * @param {{plot: () => {left: number, top: number, width: number, height: number}, model: () => {times: number[], ends: number[]} | null}} source
   */
  constructor(host, source) {
    this.source = source;
    this.spans = [];
    this.layer = h('div', { class: 'alert-ribbon', 'aria-hidden': 'true' });
    host.append(this.layer);
    this.marks = new AnnotationMarks(host, source);
    this.stop = onNavigate((_, changed) => { if (changed.has('hide')) this.update(); });
  }

  destroy() {
    this.stop();
    this.marks.destroy();
  }

  /** Draws what is known for the model's range, and asks for what is not. */
  async update() {
    if (current().snapshot) return;
    this.marks.update();
    const model = this.source.model();
    if (!model || model.times.length === 0 || !alertNews().loaded) return;
    const range = { from: model.times[0], to: model.ends[model.ends.length - 1] };
    try {
      const rows = timelineRows(await alertSpans(range));
      this.spans = rows.flatMap((row) => row.spans.map((span) => ({ ...span, name: row.name }))).slice(0, SPANS_MAX).sort((a, b) => SEVERITIES.indexOf(b.severity) - SEVERITIES.indexOf(a.severity));
    } catch { this.spans = []; }
    this.draw(range);
  }

  draw({ from, to }) {
    const { left, top, width, height } = this.source.plot();
    const x = (ms) => Math.round(left + Math.max(0, Math.min(1, (ms - from) / (to - from))) * width);
    replace(this.layer, this.visible().filter((span) => span.to > from && span.from < to).map((span) => [
      h('i', { class: `ribbon-span severity-${span.severity}`, style: { left: `${x(span.from)}px`, width: `${Math.max(2, x(span.to) - x(span.from))}px`, top: `${Math.max(0, top - 5)}px` } }),
      span.from > from && h('i', { class: `ribbon-start severity-${span.severity}`, style: { left: `${x(span.from)}px`, top: `${top}px`, height: `${height}px` } }),
    ]));
  }

  visible() {
    return current().hide.includes('alert') ? [] : this.spans;
  }

  /** What fired and what was noted in a span of time, in words; empty where nothing was. */
  during(from, to) {
    return [this.firing(from, to), this.marks.during(from, to)].filter(Boolean).join('. ');
  }

  firing(from, to) {
    const names = [...new Set(this.visible().filter((span) => span.from < to && span.to > from).map((span) => span.name))];
    if (names.length === 0) return '';
    return `Firing: ${names.slice(0, NAMES_MAX).join(', ')}${names.length > NAMES_MAX ? ` and ${names.length - NAMES_MAX} more` : ''}`;
  }
}
