// Values of a field by how often they occur, as bars; optionally with a choice of fields and a small line for each.

import { behindLink, openValueMenu, requestsBehind } from '../actions.js';
import { bucketsOf, groupClause, levelOf, valueName } from '../answer.js';
import { nameOf } from '../batch-plan.js';
import { h, replace, svg } from '../dom.js';
import { format } from '../format.js';
import { icon } from '../icons.js';
import { colorOf } from '../palette.js';
import { bucketQuery, wholeQuery } from '../queries.js';
import { current, navigate } from '../router.js';
import { colors } from '../theme.js';
import { drawSparkline } from './sparkline.js';
import { cellClause, cellSort } from './table-model.js';

/** Buckets of the small lines: enough to see a burst. */
const SPARK_PIXELS = 280;

/** The panel's query for the chosen field and measure. */
function chosenQuery(panel) {
  const { text, name } = chosenMeasure(panel);
  return { ...panel.query, measures: [text], by: [chosenField(panel)], ...(panel.options.measures && { order: `-${name}` }) };
}

// The choice stands in the URL as `client` or, where measures can be chosen, `client~2`: field and place of the measure.
function choiceOf(panel) {
  const [field, measure] = (current().option[panel.id] ?? '').split('~');
  return { field, measure: Number(measure ?? 0) };
}

function chosenField(panel) {
  const option = choiceOf(panel).field;
  return panel.options.choices?.some(({ field }) => field === option) ? option : panel.query.by?.[0] ?? panel.options.choices[0].field;
}

/** The measure that bars show: as the query says it, what it is called, its unit and its thresholds. */
function chosenMeasure(panel) {
  const { measures } = panel.options;
  if (!measures) return { text: panel.query.measures[0], name: nameOf(panel.query.measures[0]), unit: '1', label: 'Requests' };
  const choice = measures[choiceOf(panel).measure] ?? measures[0];
  const text = panel.query.measures.find((measure) => nameOf(measure) === choice.measure) ?? choice.measure;
  return { ...choice, label: choice.label ?? choice.title, unit: choice.unit ?? '1', text, name: nameOf(text) };
}

/** Whether the values of all groups add up to that of all requests: then each has a share of it. */
function addsUp({ text }) {
  return /^(count|sum|rate)\b/.test(text);
}

function choose(panel, field, measure) {
  const text = `${field}${measure > 0 ? `~${measure}` : ''}`;
  navigate({ option: { ...current().option, [panel.id]: text } }, { replace: true });
}

/** Buttons to choose the field of a panel, and its measure; the choice is kept in the URL. */
export function fieldChoice(panel) {
  const { choices, measures } = panel.options;
  const field = choices || measures ? chosenField(panel) : '';
  const { measure } = choiceOf(panel);
  const group = (label, items) => h('div', { class: 'choice', role: 'group', 'aria-label': label }, items.map(([name, isChosen, onclick]) => h('button', { type: 'button', 'aria-pressed': String(isChosen), onclick }, name)));
  return [
    choices && group('Group by', choices.map((choice) => [choice.label, choice.field === field, () => choose(panel, choice.field, measure)])),
    measures?.length > 1 && group('Measure', measures.map((item, index) => [item.label ?? item.title, index === (measures[measure] ? measure : 0), () => choose(panel, field, index)])),
  ].filter(Boolean);
}

export const rankingKind = {
  queries: (panel, wish) => [wholeQuery(chosenQuery(panel), wish), wholeQuery({ measures: [chosenMeasure(panel).text], where: panel.query.where }, wish),
    ...(panel.options.spark ? [bucketQuery(chosenQuery(panel), wish, SPARK_PIXELS)] : [])],
  create: (host, panel) => new Ranking(host, panel),
  tools: fieldChoice,
};

class Ranking {
  constructor(host, panel) {
    this.panel = panel;
    this.list = h('ol', { class: 'ranking' });
    host.append(this.list);
  }

  update([groups, total, buckets]) {
    const field = groups.columns[0].name;
    this.field = chosenField(this.panel);
    this.measure = chosenMeasure(this.panel);
    this.total = addsUp(this.measure) ? total.rows[0]?.[0] ?? 0 : 0;
    const named = groups.rows.map((row) => row[0]).filter((value) => value !== null && value !== '_other');
    const lines = buckets ? bucketsOf(buckets, { options: {}, query: { ...this.panel.query, by: [field] } }) : null;
    this.rows = groups.rows.filter((row) => row[1]).map(([value, count]) => ({
      value, count, clause: groupClause(this.field, value, named), series: lines?.series.find((series) => series.value === value), buckets: lines,
    }));
    this.groupsTotal = groups.groups_total;
    this.paint();
  }

  paint() {
    if (!this.rows) return;
    const most = Math.max(...this.rows.map((row) => row.count), 1);
    replace(this.list, this.rows.map((row) => this.row(row, most)),
      this.groupsTotal > this.rows.length && h('li', { class: 'ranking-rest' }, `${this.groupsTotal - this.rows.length} more`));
  }

  row(row, most) {
    const { panel, field, measure } = this;
    const name = valueName(row.value, panel.options.labels);
    const clause = [panel.query.where, row.clause].filter(Boolean).join(' and ');
    const level = levelOf(row.count, measure.thresholds);
    const isBad = level && level !== 'ok';
    const figure = format(row.count, measure.unit);
    const spark = row.series && svg('svg', { class: 'spark-svg ranking-spark', 'aria-hidden': 'true' });
    if (spark) drawSparkline(spark, row.series.values, { openIndex: row.buckets.openIndex });
    const share = this.total ? row.count / this.total : 0;
    const warn = panel.options.warn?.[row.value] !== undefined && share > panel.options.warn[row.value];
    return h('li', {},
      h('button',
        {
          type: 'button',
          class: 'ranking-name',
          title: `${name}: filter or show`,
          onclick: (event) => openValueMenu(event.currentTarget, field, row.value, { clause }),
        },
        name,
      ),
      spark,
      h('a', {
        class: 'ranking-bar',
        ...behindLink({ clause: cellClause(clause, measure.text), sort: cellSort(measure.text) }),
        title: 'Show the requests',
        'aria-label': `${name}: ${figure} ${measure.label}${this.total ? `, ${format(share, 'ratio')}` : ''}`,
      },
        h('span', { class: 'ranking-fill', style: { width: `${Math.max(0.5, (row.count / most) * 100)}%`, background: colorOf(field, row.value) } })),
      h('span', { class: `ranking-figure${isBad ? ` level-${level}` : ''}` }, isBad && icon(level), figure),
      this.total > 0 && h('span',
        { class: `ranking-share${warn ? ' level-warning' : ''}`, title: warn ? `More than ${format(panel.options.warn[row.value], 'ratio')}` : null },
        warn && '\u25b2 ',
        format(share, 'ratio'),
      ));
  }

  isEmpty() {
    return this.rows.length === 0;
  }

  destroy() {}

  table() {
    return {
      columns: [{ label: this.field }, { label: this.measure.label, number: true }, { label: 'Share', number: true }],
      rows: this.rows.map((row) => [{ text: valueName(row.value, this.panel.options.labels), value: [this.field, row.value] },
        {
          text: format(row.count, this.measure.unit),
          level: levelOf(row.count, this.measure.thresholds),
          link: requestsBehind({ clause: cellClause([this.panel.query.where, row.clause].filter(Boolean).join(' and '), this.measure.text), sort: cellSort(this.measure.text) }),
        }, { text: this.total ? format(row.count / this.total, 'ratio') : '' }]),
    };
  }

  exportOptions() {
    const palette = colors();
    const rows = [...this.rows].reverse();
    return {
      options: {
        animation: false, textStyle: { fontFamily: palette.font }, grid: { left: 170, right: 60, top: 8, bottom: 8 },
        xAxis: { type: 'value', show: false }, yAxis: {
          type: 'category',
          data: rows.map((row) => valueName(row.value)),
          axisLabel: { color: palette.text, width: 155, overflow: 'truncate' },
          axisLine: { show: false },
          axisTick: { show: false },
        },
        series: [{
          type: 'bar',
          barMaxWidth: 18,
          data: rows.map((row) => ({ value: row.count, itemStyle: { color: palette.series[0] } })),
          label: { show: true, position: 'right', color: palette.muted, formatter: ({ value }) => format(value, this.measure.unit) },
        }],
      },
    };
  }
}
