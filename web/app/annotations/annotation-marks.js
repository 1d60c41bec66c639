// Annotations on a chart over time: a dashed line for an instant, a band for a span, and a flag at the top to point at or press.

import { h, replace } from '../dom.js';
import { icon } from '../icons.js';
import { openMenu } from '../popover.js';
import { current, onNavigate, zone } from '../router.js';
import { markSpan } from '../spans.js';
import { formatInstant, formatSpan } from '../zone.js';
import { annotationSpans, onAnnotations } from './annotations.js';
import { editAnnotation } from './annotation-form.js';
import { ANNOTATION_KINDS, duringText, shownSpans } from './kinds.js';

/** Drawn on one chart: more would be a fence. The latest of them. */
const DRAWN_MAX = 60;
/** Named in a tooltip. */
const NAMED_MAX = 3;
/** How much of the time before a note its menu looks at, as a share of the chart's length. */
const AFTER_SHARE = 0.1;

export class AnnotationMarks {
  /**
   * @param {HTMLElement} host  the plot
   * @param {{plot: () => {left: number, top: number, width: number, height: number}, model: () => {times: number[], ends: number[]} | null, explain?: () => object}} source
   */
  constructor(host, source) {
    this.source = source;
    this.spans = [];
    this.layer = h('div', { class: 'annotation-marks' });
    host.append(this.layer);
    this.stops = [onAnnotations(() => this.update()), onNavigate((_, changed) => { if (changed.has('hide')) this.draw(); })];
  }

  /** Draws what is known for the model's range, and asks for what is not. */
  async update() {
    const range = this.range();
    if (!range) return;
    try { this.spans = await annotationSpans(range); } catch { this.spans = []; }
    this.draw();
  }

  range() {
    const model = this.source.model();
    return model?.times.length ? { from: model.times[0], to: model.ends[model.ends.length - 1] } : null;
  }

  draw() {
    const range = this.range();
    if (!range) return;
    const { left, top, width, height } = this.source.plot();
    const x = (ms) => Math.round(left + Math.max(0, Math.min(1, (ms - range.from) / (range.to - range.from))) * width);
    this.shown = shownSpans(this.spans, range, current().hide, DRAWN_MAX);
    const key = JSON.stringify([this.shown, range, left, top, width, height]);
    // Flags are buttons: drawn anew only when something changed, or they would lose the focus with every refresh.
    if (key === this.drawn) return;
    this.drawn = key;
    replace(this.layer, this.shown.map((span) => {
      const at = x(span.from);
      const name = `${ANNOTATION_KINDS[span.kind].one}: ${span.title}, ${formatInstant(span.from, zone(), 'm')}`;
      return [
        h('i', { class: `annotation-line kind-${span.kind}`, style: { left: `${at}px`, top: `${top}px`, height: `${height}px`, width: span.to > span.from ? `${Math.max(2, x(span.to) - at)}px` : null } }),
        h('button', {
          type: 'button', class: `annotation-flag kind-${span.kind}`, style: { left: `${at}px`, top: `${Math.max(0, top - 12)}px` }, title: name, 'aria-label': name, tabindex: '-1',
          onclick: (event) => this.open(event.currentTarget, span, range),
        }, icon(ANNOTATION_KINDS[span.kind].icon)),
      ];
    }));
  }

  open(anchor, span, range) {
    const length = (range.to - range.from) * AFTER_SHARE;
    openMenu(anchor, [
      span.text && span.text !== span.title && { heading: span.text },
      { label: 'Change or remove', icon: 'note', onclick: () => editAnnotation(annotationOf(span)) },
      { label: 'What changed after it?', icon: 'swap', onclick: () => markSpan(span.from, Math.min(Math.max(span.to, span.from + length), range.to), this.source.explain?.()) },
    ], { heading: `${span.title} \u00b7 ${span.to > span.from ? formatSpan(span.from, span.to, zone()) : formatInstant(span.from, zone())}` });
  }

  /** What happened in a span of time, in words; empty where nothing did. */
  during(from, to) {
    return duringText(this.shown ?? [], from, to, NAMED_MAX);
  }

  destroy() {
    for (const stop of this.stops) stop();
  }
}

function annotationOf(span) {
  const { id, kind, title, text, tags } = span;
  return { id, kind, title, text, tags, time: new Date(span.from).toISOString(), time_end: span.to > span.from ? new Date(span.to).toISOString() : null };
}
