// Values of a field by how often they occur, as bars; optionally with a choice of fields and a small line for each.

import { behindLink, openValueMenu, requestsBehind } from '../actions.js';
import { bucketsOf, groupClause, valueName } from '../answer.js';
import { h, replace, svg } from '../dom.js';
import { format } from '../format.js';
import { colorOf } from '../palette.js';
import { bucketQuery, wholeQuery } from '../queries.js';
import { current, navigate } from '../router.js';
import { colors } from '../theme.js';
import { drawSparkline } from './sparkline.js';

/** Buckets of the small lines: enough to see a burst. */
const SPARK_PIXELS = 280;

/** The panel's query for the chosen field. */
function chosenQuery(panel) {
  const field = chosenField(panel);
  return { ...panel.query, by: [field] };
}

function chosenField(panel) {
  const option = current().option[panel.id];
  return panel.options.choices?.some(({ field }) => field === option) ? option : panel.query.by?.[0] ?? panel.options.choices[0].field;
}

/** Buttons to choose the field of a panel; the choice is kept in the URL. */
export function fieldChoice(panel) {
  if (!panel.options.choices) return null;
  const chosen = chosenField(panel);
  return h('div', { class: 'choice', role: 'group', 'aria-label': 'Group by' }, panel.options.choices.map(({ field, label }) => h('button', {
    type: 'button', 'aria-pressed': String(field === chosen),
    onclick: () => navigate({ option: { ...current().option, [panel.id]: field } }, { replace: true }),
  }, label)));
}

export const rankingKind = {
  queries: (panel, wish) => [wholeQuery(chosenQuery(panel), wish), wholeQuery({ measures: ['count'], where: panel.query.where }, wish),
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
    this.total = total.rows[0]?.[0] ?? 0;
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
    const { panel, field } = this;
    const name = valueName(row.value, panel.options.labels);
    const clause = [panel.query.where, row.clause].filter(Boolean).join(' and ');
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
        ...behindLink({ clause }),
        title: 'Show the requests',
        'aria-label': `${name}: ${format(row.count, '1')} requests, ${format(share, 'ratio')}`,
      },
        h('span', { class: 'ranking-fill', style: { width: `${Math.max(0.5, (row.count / most) * 100)}%`, background: colorOf(field, row.value) } })),
      h('span', { class: 'ranking-figure' }, format(row.count, '1')),
      h('span',
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
      columns: [{ label: this.field }, { label: 'Requests', number: true }, { label: 'Share', number: true }],
      rows: this.rows.map((row) => [{ text: valueName(row.value, this.panel.options.labels), value: [this.field, row.value] },
        {
          text: format(row.count, '1'),
          link: requestsBehind({ clause: [this.panel.query.where, row.clause].filter(Boolean).join(' and ') }),
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
          label: { show: true, position: 'right', color: palette.muted, formatter: ({ value }) => format(value, '1') },
        }],
      },
    };
  }
}
