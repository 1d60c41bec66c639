// One figure, how it stands against its thresholds and the time before, and its course as a small line.

import { behindLink, requestsBehind } from '../actions.js';
import { bucketsOf, levelOf } from '../answer.js';
import { explainOf } from '../changes/measures.js';
import { comparisonName, drawsComparison, isComparable } from '../comparison.js';
import { h, replace, setText, svg } from '../dom.js';
import { format, formatChange, formatParts, formatPoints } from '../format.js';
import { icon } from '../icons.js';
import { bucketQuery, comparedBucketQuery, comparedQuery, wholeQuery } from '../queries.js';
import { navigate, zone } from '../router.js';
import { colors } from '../theme.js';
import { absoluteRange } from '../time-range.js';
import { formatInstant, formatSpan } from '../zone.js';
import { drawSparkline } from './sparkline.js';
import { TimeSurface } from './surface.js';
import { timeOptions } from './time-options.js';

/** Words and icons of the levels: state is never told by colour alone. */
export const LEVELS = { ok: ['OK', 'ok'], warning: ['Warning', 'warning'], critical: ['Critical', 'critical'] };

/** A level as icon and word. */
export function levelBadge(level, words = LEVELS) {
  return level ? h('span', { class: `badge level-${level}` }, icon(words[level][1]), words[level][0]) : null;
}

export const statKind = {
  queries: (panel, wish, pixels) => [
    wholeQuery(panel.query, wish), bucketQuery(panel.query, wish, pixels * 2), comparedQuery(panel.query, wish),
    ...(drawsComparison(panel) ? [comparedBucketQuery(panel.query, wish, pixels * 2)] : []),
  ],
  create: (host, panel) => new Stat(host, panel),
};

class Stat {
  constructor(host, panel) {
    this.panel = panel;
    this.figures = (panel.options.figures ?? ['']).map((name) => ({
      name,
      box: h('a', { class: 'stat-value' }),
      note: h('span', { class: 'stat-name' }, name),
    }));
    this.badge = h('span', { class: 'stat-badge' });
    this.change = h('span', { class: 'stat-change' });
    this.extra = h('div', { class: 'stat-extra' });
    this.spark = h('div', { class: 'spark' });
    this.lines = this.figures.map(() => svg('svg', { class: 'spark-svg', 'aria-hidden': 'true' }));
    this.spark.append(...this.lines);
    host.classList.add('stat');
    host.append(h('div', { class: 'stat-figures' }, this.figures.map((figure) => h('div', { class: 'stat-figure' }, figure.box, figure.note))),
      h('div', { class: 'stat-line' }, this.badge, this.change), this.extra, this.spark);
    this.surface = new TimeSurface(this.spark, {
      label: `${panel.title} over time`, plot: () => ({ left: 0, top: 0, width: this.spark.clientWidth, height: this.spark.clientHeight }),
      model: () => this.model, describe: (index) => this.describe(index), pick: (index) => navigate(this.behind(index)),
      zoom: (from, to) => navigate(absoluteRange(from, to)), explain: () => explainOf(panel.query),
    });
  }

  update([whole, buckets, before, ghost]) {
    const { panel } = this;
    this.range = { from: Date.parse(whole.from), to: Date.parse(whole.to) };
    this.model = bucketsOf(buckets, panel);
    this.ghost = isComparable(ghost) ? bucketsOf(ghost, panel) : null;
    this.values = this.totals(whole);
    this.before = isComparable(before) ? this.totals(before) : [];
    for (const [index, figure] of this.figures.entries()) {
      const { text, unit } = formatParts(this.values[index], panel.unit);
      figure.box.classList.toggle('long', text.length > (this.figures.length > 1 ? 5 : 7));
      replace(figure.box, text, unit && h('span', { class: 'stat-unit' }, unit));
      Object.assign(figure.box, behindLink(this.behindAll()));
      figure.box.title = 'Show the requests';
      drawSparkline(this.lines[index], this.model.series[index].values,
        { ghost: this.ghost?.series[index]?.values, openIndex: this.model.openIndex, floor: panel.options.axis !== 'close' },
      );
    }
    const level = levelOf(this.values[0], panel.thresholds);
    replace(this.badge, levelBadge(level));
    this.badge.closest('.panel')?.setAttribute('data-level', level ?? 'none');
    this.drawChange();
    replace(this.extra, this.extraText());
    this.surface.drawMark();
  }

  totals(answer) {
    const seconds = (Date.parse(answer.to) - Date.parse(answer.from)) / 1000;
    return answer.rows[0].map((value) => (this.panel.options.per_second && value !== null ? value / seconds : value));
  }

  behindAll() {
    const { panel } = this;
    return { clause: [panel.query.where, panel.drill?.where].filter(Boolean).join(' and '), sort: panel.drill?.sort };
  }

  behind(index) {
    return requestsBehind({ ...this.behindAll(), from: this.model.times[index], to: this.model.ends[index] });
  }

  drawChange() {
    const { panel } = this;
    const [now] = this.values;
    const [then] = this.before;
    const text = panel.unit === 'ratio' ? formatPoints(now, then) : formatChange(now, then);
    const up = now > then;
    const good = panel.options.better ? (panel.options.better === 'up') === up : null;
    const still = text === 'same' || then === null || then === undefined;
    this.change.className = `stat-change${still || good === null ? '' : good ? ' good' : ' bad'}`;
    this.change.title = then === null || then === undefined ? `Nothing to compare with: no or only partial data (${comparisonName()})` : `${comparisonName()}: ${format(then, panel.unit)}`;
    setText(this.change,
      then === null || then === undefined ? '' : still ? '\u2248 as before' : `${text === 'new' ? '' : up ? '\u25b2 ' : '\u25bc '}${text.replace(/^[+\u2212]/, '')}`,
    );
  }

  // Of a target of 99.9 %, 0.1 % of the requests may fail: how much of that allowance is left.
  extraText() {
    const { target, unpriced } = this.panel.options;
    if (target && this.values[0] !== null && this.values[0] !== undefined) {
      const left = 1 - (1 - this.values[0]) / (1 - target);
      return left >= 0 ? `${format(left, 'ratio')} of the error budget left (target ${format(target, 'ratio')})` : `${format(1 - left, '1')} times the error budget spent (target ${format(target, 'ratio')})`;
    }
    if (unpriced && this.values[1]) return h('a', { ...behindLink({ clause: unpriced }) }, `${format(this.values[1], '1')} unpriced`);
    return null;
  }

  describe(index) {
    const { panel, model } = this;
    const rows = model.series.slice(0, this.figures.length).map((series, at) => ({
      name: this.figures[at].name || panel.title, color: at ? 'var(--spark-2)' : 'var(--accent)', text: format(series.values[index], panel.unit),
    }));
    if (this.ghost) rows.push({
      name: comparisonName(),
      faint: true,
      color: colors().muted,
      text: format(this.ghost.series[0]?.values[index] ?? null, panel.unit),
    });
    return { heading: formatSpan(model.times[index], model.ends[index], zone()), rows, note: index >= model.openIndex ? 'Still filling' : '' };
  }

  isEmpty() {
    return false;
  }

  destroy() {
    this.surface.destroy();
  }

  table() {
    const { panel, model } = this;
    const shown = model.series.slice(0, this.figures.length);
    return {
      columns: [{ label: 'Time' }, ...shown.map((_, index) => ({ label: this.figures[index].name || panel.title, number: true }))],
      rows: model.times.map((time, index) => [{ text: formatInstant(time, zone()), link: this.behind(index) },
        ...shown.map((series) => ({
          text: format(series.values[index], panel.unit),
          level: levelOf(series.values[index], panel.thresholds),
        }))]).reverse(),
    };
  }

  exportOptions(width) {
    const palette = colors();
    const model = { ...this.model, series: this.model.series.slice(0, this.figures.length) };
    const colorOf = (_, index) => palette.series[index];
    return {
      subtitle: this.figures.map((figure, index) => `${figure.name ? `${figure.name} ` : ''}${format(this.values[index], this.panel.unit)}`).join('   '),
      options: timeOptions(model, { ...this.panel, options: { ...this.panel.options, draw: 'line' } },
        { colors: palette, zone: zone(), width, shown: () => true, colorOf, ghosts: this.ghost ? [{ values: this.ghost.series[0].values, color: palette.muted }] : [] },
      ),
      legend: model.series.length > 1 ? model.series.map((_, index) => ({ name: this.figures[index].name, color: colorOf(null, index) })) : [],
    };
  }
}
