// Series of PromQL over time: the chart over time with other data, whose points lead to the requests behind them where there are any.

import { drawsComparison } from '../comparison.js';
import { format } from '../format.js';
import { levelOf } from '../answer.js';
import { openMenu } from '../popover.js';
import { hrefOf, navigate, zone } from '../router.js';
import { follow } from '../actions.js';
import { absoluteRange } from '../time-range.js';
import { formatInstant } from '../zone.js';
import { exploreState, showBehind } from '../series/behind.js';
import { seriesBuckets } from '../series/series-answer.js';
import { askedFor, comparedWish, rangeQuestion, remembered } from '../series/series-queries.js';
import { instantItems } from './instant-menu.js';
import { plotPixels, TimeChart } from './time-chart.js';

export const seriesTimeKind = {
  queries: (spec, wish, pixels) => {
    const ask = (at) => spec.promql.map((expression) => rangeQuestion(expression, at, plotPixels(pixels)));
    return remembered(spec, [...ask(wish), ...(drawsComparison(spec) ? ask(comparedWish(wish)) : [])]);
  },
  create: (host, spec) => new SeriesTime(host, spec),
};

class SeriesTime extends TimeChart {
  update(answers) {
    const count = this.panel.promql.length;
    this.texts = askedFor(this.panel).map((question) => question.promql);
    this.model = seriesBuckets(answers.slice(0, count), this.panel);
    this.ghosts = answers.length > count ? seriesBuckets(answers.slice(count), this.panel).series : [];
    this.paint();
  }

  isEmpty() { return !this.model.series.some((series) => series.values.some((value) => value !== null)); }

  color(series, index) {
    // Two expressions of one provider are told apart by more than its colour.
    return super.color(this.panel.promql.length > 1 ? { ...series, field: null } : series, index);
  }

  describe(index, fraction) {
    return { ...super.describe(index, fraction), heading: formatInstant(this.model.instants[index], zone(), 's') };
  }

  pick(index, fraction, place) {
    const time = this.model.instants[index];
    const near = this.seriesAt(index, fraction) ?? (this.visible().length === 1 ? this.visible()[0] : null);
    if (near && !place.menu) { showBehind(this.point(near.series, time), place); return; }
    const entries = this.visible().filter(({ series }) => series.values[index] !== null).sort((a, b) => b.series.values[index] - a.series.values[index]);
    openMenu({ x: place.x, y: place.y }, [
      ...entries.slice(0, 12).map(({ series, color }) => ({ label: series.name, swatch: color, detail: format(series.values[index], this.panel.unit), onclick: () => setTimeout(() => showBehind(this.point(series, time), { ...place, menu: false })) })), '-',
      { label: 'Zoom to this time', icon: 'search', onclick: () => navigate(absoluteRange(this.model.times[index], this.model.ends[index])) },
      { label: 'Open in Explore', icon: 'code', href: hrefOf(exploreState(this.texts[0])), onclick: follow(exploreState(this.texts[0])) },
      ...instantItems(this.model.times[index], this.model.ends[index], null),
    ], { heading: formatInstant(time, zone(), 's') });
  }

  point(series, time) {
    return { query: this.asked(series), time, metric: series.metric };
  }

  asked(series) { return this.texts[series.expression]; }

  behind(index, series) {
    const list = series ?? this.model.series[0];
    return exploreState(this.asked(list), this.model.instants[index], list.metric);
  }

  table() {
    const { model, panel } = this;
    const list = this.visible();
    return {
      columns: [{ label: 'Time' }, ...list.map(({ series, color }) => ({ label: series.name, number: true, swatch: color }))],
      rows: model.instants.map((time, index) => [{ text: formatInstant(time, zone()) }, ...list.map(({ series }) => ({
        text: format(series.values[index], panel.unit), level: levelOf(series.values[index], panel.thresholds),
        link: series.values[index] !== null ? this.behind(index, series) : null,
      }))]).reverse(),
    };
  }
}

