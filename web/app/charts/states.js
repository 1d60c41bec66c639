// States of series over time, a row each: health, breakers, alerts. Spans are buttons, so that keys reach what the pointer does.

import { drillPatch } from '../drill.js';
import { h, replace } from '../dom.js';
import { format, formatAge } from '../format.js';
import { icon } from '../icons.js';
import { hrefOf, navigate, zone } from '../router.js';
import { absoluteRange } from '../time-range.js';
import { formatSpan } from '../zone.js';
import { follow } from '../actions.js';
import { seriesBuckets } from '../series/series-answer.js';
import { rangeQuestion, remembered } from '../series/series-queries.js';
import { stateRows, stateShares } from './state-spans.js';
import { timeTicks } from './ticks.js';
import { hideTooltip, showTooltip } from './tooltip.js';

/** Rows drawn; the table has them all. */
const ROWS_MAX = 24;
/** Spans of a row that are buttons of their own: beyond, a row flickers and only its shares are worth reading. */
const SPANS_MAX = 160;
const SIGNS = { ok: 'ok', warning: 'warning', critical: 'critical', none: 'none' };

export const statesKind = {
  queries: (spec, wish, pixels) => remembered(spec, spec.promql.map((expression) => rangeQuestion(expression, wish, pixels))),
  create: (host, spec) => new States(host, spec),
};

class States {
  constructor(host, spec) {
    this.spec = spec;
    this.box = h('div', { class: 'states' });
    host.append(this.box);
    this.observer = new ResizeObserver(() => this.paint());
    this.observer.observe(host);
  }

  update(answers) {
    this.model = seriesBuckets(answers, { ...this.spec, options: { sorted: true, ...this.spec.options } });
    this.rows = stateRows(this.model, this.spec.options.states ?? []);
    this.paint();
  }

  paint() {
    if (!this.rows?.length || !this.box.clientWidth) return;
    const { times, ends } = this.model;
    const from = times[0];
    const to = ends[ends.length - 1];
    const place = (ms) => ((ms - from) / (to - from)) * 100;
    const width = Math.max(160, this.box.clientWidth - 200);
    const ticks = timeTicks(from, to, Math.max(2, Math.floor(width / 90)), zone());
    replace(this.box,
      h('ul', { class: 'states-key' }, (this.spec.options.states ?? []).map((state) => h('li', {}, h('span', { class: `state-swatch state-level-${state.level}` }, icon(SIGNS[state.level] ?? 'none')), state.text))),
      h('div', { class: 'states-rows', role: 'list' }, this.rows.slice(0, ROWS_MAX).map((row) => this.row(row, place))),
      h('div', { class: 'states-row states-axis', 'aria-hidden': 'true' }, h('span', {}), h('div', { class: 'states-track' }, ticks.map((tick) => h('span', { class: tick.strong ? 'strong' : null, style: { left: `${place(tick.ms)}%` } }, tick.label))), h('span', {})),
      this.rows.length > ROWS_MAX && h('p', { class: 'panel-caption' }, `and ${this.rows.length - ROWS_MAX} more: see the table`));
  }

  row(row, place) {
    const now = this.nowOf(row);
    const patch = drillPatch(this.spec.drill, row.series.value ?? row.name);
    return h('div', { class: 'states-row', role: 'listitem' },
      h('span', { class: 'states-name', title: row.name }, patch ? h('a', { href: hrefOf(patch), onclick: follow(patch) }, row.name) : row.name),
      h('div', { class: 'states-track' }, row.spans.slice(-SPANS_MAX).map((span) => this.span(row, span, place))),
      h('span', { class: `states-now level-${now?.state.level ?? 'none'}` }, now ? [icon(SIGNS[now.state.level] ?? 'none'), now.state.text] : '\u2013'));
  }

  /** The span that holds at the range's end, undefined where none reaches it. */
  nowOf(row) {
    const last = row.spans[row.spans.length - 1];
    return last?.to === this.model.ends[this.model.ends.length - 1] ? last : undefined;
  }

  span(row, span, place) {
    const words = `${row.name}: ${span.state.text}, ${formatSpan(span.from, span.to, zone())}`;
    const show = (event, x, y) => showTooltip({
      heading: `${row.name}: ${span.state.text}`,
      rows: [{ name: 'value', text: span.low === span.high ? format(span.value, this.spec.unit) : `${format(span.low, this.spec.unit)} to ${format(span.high, this.spec.unit)}` }, { name: 'lasted', text: formatAge((span.to - span.from) / 1000) }],
      note: `${formatSpan(span.from, span.to, zone())}. Click to zoom.`,
    }, x, y);
    return h('button', {
      type: 'button', class: `states-span state-level-${span.state.level}`, 'aria-label': words,
      style: { left: `${place(span.from)}%`, width: `max(2px, ${place(span.to) - place(span.from)}%)` },
      onpointerenter: (event) => show(event, event.clientX, event.clientY), onpointerleave: hideTooltip,
      onfocus: (event) => { const box = event.currentTarget.getBoundingClientRect(); if (event.currentTarget.matches(':focus-visible')) show(event, box.left + box.width / 2, box.bottom); }, onblur: hideTooltip,
      onkeydown: step,
      onclick: () => { hideTooltip(); navigate(absoluteRange(span.from - (span.to - span.from) / 2, span.to + (span.to - span.from) / 2)); },
    }, place(span.to) - place(span.from) > 12 && h('span', {}, span.state.text));
  }

  isEmpty() { return this.rows.every((row) => row.spans.length === 0); }

  destroy() {
    this.observer.disconnect();
    hideTooltip();
  }

  table() {
    return {
      columns: [{ label: 'Name' }, { label: 'Now' }, { label: 'Shares of the range' }, { label: 'Changes', number: true }],
      rows: this.rows.map((row) => [{ text: row.name }, { text: this.nowOf(row)?.state.text ?? '\u2013', level: this.nowOf(row)?.state.level },
        { text: stateShares(row).map(({ state, share }) => `${state.text} ${format(share, 'ratio')}`).join(', ') }, { text: String(Math.max(0, row.spans.length - 1)) }]),
    };
  }
}

// Arrow keys go from span to span; each is a stop for the Tab key only where it is the first of its row.
function step(event) {
  const way = { ArrowRight: 'nextElementSibling', ArrowLeft: 'previousElementSibling' }[event.key];
  const next = way && event.currentTarget[way];
  if (!next) return;
  event.preventDefault();
  next.focus();
}
