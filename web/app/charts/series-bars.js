// Newest values of series as bars, largest first; also a value against its limit (bullet). Rows are the same, so one view draws both.

import { groupClause, levelOf, valueName } from '../answer.js';
import { behindLink, follow } from '../actions.js';
import { drillPatch } from '../drill.js';
import { h, replace } from '../dom.js';
import { format } from '../format.js';
import { icon } from '../icons.js';
import { colorOf } from '../palette.js';
import { wholeQuery } from '../queries.js';
import { hrefOf } from '../router.js';
import { showBehind } from '../series/behind.js';
import { drawable, fieldOfLabel, newestValues, seriesOf } from '../series/series-answer.js';
import { askedFor, instantQuestion, remembered } from '../series/series-queries.js';
import { bulletRows } from './bullet-rows.js';

/** Series drawn as bars. */
const ROWS_MAX = 30;
/** From these shares of its limit on a value is marked, where the panel does not say. */
const NEARLY = { warning: 0.8, critical: 1 };

export const seriesBarsKind = {
  queries: (spec, wish, pixels) => remembered(spec, spec.promql.map((expression) => instantQuestion(expression, wish, pixels))),
  create: (host, spec) => new SeriesBars(host, spec),
};

/** A limit in PromQL is asked; a number is known. */
function limitQuestion(spec, wish, pixels) {
  const { limit } = spec.options;
  return limit !== undefined && Number.isNaN(Number(limit)) ? instantQuestion({ expr: String(limit) }, wish, pixels) : null;
}

export const bulletKind = {
  queries: (spec, wish, pixels) => {
    const limit = limitQuestion(spec, wish, pixels);
    const values = spec.query ? [wholeQuery(spec.query, wish)] : spec.promql.map((expression) => instantQuestion(expression, wish, pixels));
    return remembered(spec, [...values, ...(limit ? [limit] : [])]);
  },
  create: (host, spec) => new Bullet(host, spec),
};

class Bars {
  constructor(host, spec) {
    this.spec = spec;
    this.list = h('ol', { class: 'bar-list' });
    host.append(this.list);
  }

  paint() {
    if (!this.rows) return;
    const most = Math.max(...this.rows.map((row) => Math.abs(row.limit ? Math.max(row.value, row.limit) : row.value)), Number.MIN_VALUE);
    replace(this.list, this.rows.slice(0, ROWS_MAX).map((row) => this.row(row, most)), this.rows.length > ROWS_MAX && h('li', { class: 'ranking-rest' }, `${this.rows.length - ROWS_MAX} more`));
  }

  row(row, most) {
    const { spec } = this;
    const patch = drillPatch(spec.drill, row.key);
    const name = row.clause ? h('a', { ...behindLink({ clause: row.clause }), title: 'Show the requests' }, row.name)
      : patch ? h('a', { href: hrefOf(patch), onclick: follow(patch) }, row.name)
        : h('button', { type: 'button', class: 'plain', title: 'Show what is behind it', onclick: (event) => this.behind(row, event) }, row.name);
    const share = row.limit ? row.value / row.limit : null;
    const mark = row.level && row.level !== 'ok';
    return h('li', { class: mark ? `level-${row.level}` : null },
      h('span', { class: 'bar-name' }, row.field && h('span', { class: 'swatch', style: { background: colorOf(row.field, row.key) } }), name),
      h('span', { class: 'bar-track', role: 'img', 'aria-label': `${row.name}: ${this.words(row)}` },
        h('span', { class: 'bar-fill', style: { width: `${(Math.abs(row.value) / most) * 100}%`, background: mark ? null : row.field ? colorOf(row.field, row.key) : null } }),
        row.limit && h('span', { class: 'bar-limit', style: { left: `${(row.limit / most) * 100}%` }, title: `Limit ${format(row.limit, spec.unit)}` })),
      h('span', { class: 'bar-figure' }, mark && icon(row.level), format(row.value, spec.unit)),
      row.limit && h('span', { class: 'bar-share' }, format(share, 'ratio')));
  }

  words(row) {
    return row.limit ? `${format(row.value, this.spec.unit)} of ${format(row.limit, this.spec.unit)}, ${format(row.value / row.limit, 'ratio')}` : format(row.value, this.spec.unit);
  }

  behind(row, event) {
    const box = event.currentTarget.getBoundingClientRect();
    showBehind({ query: askedFor(this.spec)[row.expression ?? 0].promql, time: this.time, metric: row.labels ?? {} }, { x: box.left, y: box.bottom, menu: false });
  }

  isEmpty() { return this.rows.length === 0; }

  destroy() {}

  table() {
    const limited = this.rows.some((row) => row.limit);
    return {
      columns: [{ label: 'Name' }, { label: this.spec.title, number: true }, ...(limited ? [{ label: 'Limit', number: true }, { label: 'Used', number: true }] : [])],
      rows: this.rows.map((row) => [{ text: row.name }, { text: format(row.value, this.spec.unit), level: row.level }, ...(limited ? [{ text: format(row.limit ?? null, this.spec.unit) }, { text: row.limit ? format(row.value / row.limit, 'ratio') : '' }] : [])]),
    };
  }
}

class SeriesBars extends Bars {
  update(answers) {
    this.time = Date.parse(answers[0].to);
    const { spec } = this;
    this.rows = seriesOf(answers, spec.promql).map((series) => {
      const value = drawable(series.values[series.values.length - 1]);
      const key = series.label ? series.labels[series.label] : series.name;
      return { key, name: spec.options.labels?.[series.name] ?? series.name, labels: series.labels, expression: series.expression, field: series.label ? fieldOfLabel(series.label) : null, value, level: levelOf(value, spec.thresholds) };
    }).filter((row) => row.value !== null);
    if (!spec.options.keep_order) this.rows.sort((a, b) => b.value - a.value);
    this.paint();
  }
}

class Bullet extends Bars {
  update(answers) {
    const { spec } = this;
    this.time = Date.parse(answers[0].to);
    const asked = askedFor(spec);
    const limits = Number.isNaN(Number(spec.options.limit)) ? newestValues(answers[asked.length - 1]) : [{ labels: {}, value: Number(spec.options.limit) }];
    const values = spec.query ? answers[0].rows.filter((row) => row[0] !== null).map((row) => ({ key: row[0], name: valueName(row[0], spec.options.labels), field: spec.query.by[0], value: row[spec.query.by.length], clause: groupClause(spec.query.by[0], row[0], []) }))
      : seriesOf(answers.slice(0, spec.promql.length), spec.promql).map((series) => {
        const key = series.label ? series.labels[series.label] : series.name;
        return { key, name: series.name, labels: series.labels, field: series.label ? fieldOfLabel(series.label) : null, value: drawable(series.values[series.values.length - 1]) };
      });
    this.rows = bulletRows(values, limits, spec.thresholds ?? NEARLY);
    this.paint();
  }
}
