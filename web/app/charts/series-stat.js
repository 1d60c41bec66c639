// Figures from series: the newest value of each expression, how it stands, and its course.

import { levelOf } from '../answer.js';
import { comparisonName } from '../comparison.js';
import { h, replace, setText, svg } from '../dom.js';
import { format, formatChange, formatParts, formatPoints } from '../format.js';
import { navigate, zone } from '../router.js';
import { absoluteRange } from '../time-range.js';
import { formatInstant } from '../zone.js';
import { showBehind } from '../series/behind.js';
import { drawable, newestValues, seriesOf } from '../series/series-answer.js';
import { askedFor, comparedWish, instantQuestion, rangeQuestion, remembered } from '../series/series-queries.js';
import { drawSparkline } from './sparkline.js';
import { levelBadge } from './stat.js';
import { TimeSurface } from './surface.js';

/** Per expression the questions: now, before where it is compared, and its course unless it is asked only once. */
function questionsOf(spec, wish, pixels) {
  return spec.promql.flatMap((expression, index) => [
    { role: 'now', index, query: instantQuestion(expression, wish, pixels) },
    ...(spec.compare ? [{ role: 'before', index, query: instantQuestion(expression, comparedWish(wish), pixels) }] : []),
    ...(expression.instant ? [] : [{ role: 'course', index, query: rangeQuestion(expression, wish, pixels * 2) }]),
  ]);
}

export const seriesStatKind = {
  queries: (spec, wish, pixels) => remembered(spec, questionsOf(spec, wish, pixels)).map((item) => item.query),
  create: (host, spec) => new SeriesStat(host, spec),
};

class SeriesStat {
  constructor(host, spec) {
    this.panel = spec;
    this.figures = spec.promql.map((expression, index) => ({
      name: spec.options.figures?.[index] ?? (spec.promql.length > 1 ? expression.legend ?? '' : ''),
      box: h('button', { type: 'button', class: 'stat-value plain', title: 'Show what is behind it', onclick: (event) => this.behind(index, event) }),
      line: svg('svg', { class: 'spark-svg', 'aria-hidden': 'true' }),
    }));
    this.badge = h('span', { class: 'stat-badge' });
    this.change = h('span', { class: 'stat-change' });
    this.spark = h('div', { class: 'spark' }, this.figures.map((figure) => figure.line));
    host.classList.add('stat');
    host.append(h('div', { class: 'stat-figures' }, this.figures.map((figure) => h('div', { class: 'stat-figure' }, figure.box, h('span', { class: 'stat-name' }, figure.name)))),
      h('div', { class: 'stat-line' }, this.badge, this.change), this.spark);
    this.surface = new TimeSurface(this.spark, {
      label: `${spec.title} over time`, plot: () => ({ left: 0, top: 0, width: this.spark.clientWidth, height: this.spark.clientHeight }),
      model: () => this.model, describe: (index) => this.describe(index), zoom: (from, to) => navigate(absoluteRange(from, to)),
      pick: (index, _, place) => this.open(0, this.model.instants[index], place),
    });
  }

  update(answers) {
    const { panel } = this;
    this.asked = askedFor(panel);
    const found = (role, index) => answers[this.asked.findIndex((item) => item.role === role && item.index === index)];
    this.newest = this.figures.map((_, index) => newestValues(found('now', index))[0] ?? null);
    this.values = this.newest.map((item) => item?.value ?? null);
    this.before = panel.compare ? newestValues(found('before', 0))[0]?.value ?? null : null;
    this.courses = this.figures.map((_, index) => seriesOf([found('course', index)], [panel.promql[index]])[0]?.values ?? []);
    this.time = Date.parse(found('now', 0).to);
    this.model = modelOf(found('course', 0));
    this.spark.hidden = !this.model;
    for (const [index, figure] of this.figures.entries()) {
      const { text, unit } = this.words(this.values[index]);
      figure.box.classList.toggle('long', text.length > (this.figures.length > 1 ? 5 : 7));
      replace(figure.box, text, unit && h('span', { class: 'stat-unit' }, unit));
      drawSparkline(figure.line, this.courses[index], { floor: panel.options.axis !== 'close' });
    }
    const level = levelOf(this.values[0], panel.thresholds);
    replace(this.badge, levelBadge(level));
    this.badge.closest('.panel')?.setAttribute('data-level', level ?? 'none');
    this.drawChange();
  }

  // A value such as 1 may have a word: open.
  words(value) {
    const word = value === null ? undefined : this.panel.options.labels?.[String(value)];
    return word ? { text: word, unit: '' } : formatParts(value, this.panel.unit);
  }

  drawChange() {
    const { panel, before } = this;
    const [now] = this.values;
    const text = ['ratio'].includes(panel.unit) ? formatPoints(now, before) : formatChange(now, before);
    const still = text === 'same' || before === null || now === null;
    const good = panel.options.better && !still ? (panel.options.better === 'up') === now > before : null;
    this.change.className = `stat-change${good === null ? '' : good ? ' good' : ' bad'}`;
    this.change.title = before === null ? '' : `${comparisonName()}: ${format(before, panel.unit)}`;
    setText(this.change, before === null || now === null ? '' : still ? '\u2248 as before' : `${text === 'new' ? '' : now > before ? '\u25b2 ' : '\u25bc '}${text.replace(/^[+\u2212]/, '')}`);
  }

  behind(index, event) {
    const box = event.currentTarget.getBoundingClientRect();
    this.open(index, this.time, { x: box.left, y: box.bottom });
  }

  open(index, time, place) {
    const query = this.asked.find((item) => item.role === 'now' && item.index === index).query.promql;
    showBehind({ query, time, metric: this.newest[index]?.labels ?? {} }, { ...place, menu: false });
  }

  describe(index) {
    return {
      heading: formatInstant(this.model.instants[index], zone(), 's'),
      rows: this.figures.map((figure, at) => ({ name: figure.name || this.panel.title, color: at ? 'var(--spark-2)' : 'var(--accent)', text: format(this.courses[at][index] ?? null, this.panel.unit) })),
    };
  }

  isEmpty() { return this.values.every((value) => value === null) && this.courses.every((values) => values.every((value) => value === null)); }

  destroy() { this.surface.destroy(); }

  table() {
    const instants = this.model?.instants ?? [];
    return {
      columns: [{ label: 'Time' }, ...this.figures.map((figure) => ({ label: figure.name || this.panel.title, number: true }))],
      rows: [[{ text: formatInstant(this.time, zone()) }, ...this.values.map((value) => ({ text: format(value, this.panel.unit) }))],
        ...instants.map((time, index) => [{ text: formatInstant(time, zone()) }, ...this.courses.map((values) => ({ text: format(drawable(values[index]), this.panel.unit) }))]).reverse()],
    };
  }
}

function modelOf(answer) {
  if (!answer?.times?.length) return null;
  const half = (answer.every_seconds ?? 60) * 500;
  return { instants: answer.times, times: answer.times.map((time) => time - half), ends: answer.times.map((time) => time + half), openIndex: answer.times.length };
}
