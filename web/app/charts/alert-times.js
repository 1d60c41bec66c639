// Means per week until alerts were noticed, taken on and ended: three bars a week, from the incidents.

import { fetchIncidentStatistics } from '../alerts/alerting-api.js';
import { h, replace } from '../dom.js';
import { format } from '../format.js';
import { follow } from '../actions.js';
import { hrefOf } from '../router.js';
import { LEAVING } from '../navigation.js';
import { absoluteRange } from '../time-range.js';

const WEEKS = 12;
/** Statistics of weeks change slowly. */
const EVERY_MS = 60_000;
const FIGURES = [['mttd_seconds', 'Detect', 'detect'], ['mtta_seconds', 'Acknowledge', 'acknowledge'], ['mttr_seconds', 'Resolve', 'resolve']];

export const alertTimesKind = { create: (host, spec) => new AlertTimes(host, spec) };

class AlertTimes {
  constructor(host, spec) {
    this.spec = spec;
    this.box = h('div', { class: 'alert-times' });
    host.append(this.box);
    this.load();
    this.timer = setInterval(() => { if (this.box.checkVisibility?.() ?? true) this.load(); }, EVERY_MS);
  }

  async load() {
    try {
      this.weeks = await fetchIncidentStatistics(WEEKS);
      this.failure = '';
    } catch (error) { this.failure = error.message; }
    this.show();
    this.paint();
  }

  // A panel that asks by itself takes the place of its skeleton itself.
  show() {
    const frame = this.box.closest('.panel');
    if (!frame?.querySelector('.skeleton')) return;
    frame.querySelector('.panel-over').hidden = true;
    frame.querySelector('.panel-chart').hidden = false;
  }

  paint() {
    if (this.failure) { replace(this.box, h('p', { class: 'muted' }, this.failure)); return; }
    const weeks = (this.weeks ?? []).slice(Math.max(0, (this.weeks ?? []).findIndex((week) => week.incidents > 0)));
    if (!weeks.some((week) => week.incidents > 0)) { replace(this.box, h('div', { class: 'notice notice-empty' }, h('p', {}, this.spec.empty ?? 'No incident yet: the first one starts the count.'))); return; }
    // Seconds and days stand side by side: lengths grow with the logarithm, and the figure stands at each bar.
    const most = Math.max(...weeks.flatMap((week) => FIGURES.map(([key]) => week[key] ?? 0)), 1);
    const length = (seconds) => (Math.log10(1 + seconds) / Math.log10(1 + most)) * 100;
    replace(this.box, h('ul', { class: 'times-key' }, FIGURES.map(([, label, name]) => h('li', {}, h('span', { class: `swatch times-${name}` }), label))),
      h('ol', { class: 'times-weeks' }, [...weeks].reverse().map((week) => this.week(week, length))));
  }

  week(week, length) {
    const start = Date.parse(week.from);
    const patch = { ...LEAVING, page: 'alerts', view: 'incidents', ...absoluteRange(start, start + 7 * 86_400_000) };
    return h('li', {},
      h('a', { class: 'times-week', href: hrefOf(patch), onclick: follow(patch) }, week.week, h('span', { class: 'muted' }, ` ${week.incidents} ${week.incidents === 1 ? 'incident' : 'incidents'}`)),
      h('div', { class: 'times-bars' }, FIGURES.map(([key, label, name]) => h('div', { class: 'times-bar', title: label },
        week[key] !== null && h('span', { class: `times-fill times-${name}`, style: { width: `${length(week[key])}%` } }),
        h('span', { class: 'times-figure' }, h('span', { class: 'visually-hidden' }, `${label}: `), week[key] === null ? '\u2013' : format(week[key], 's'))))));
  }

  update() {}

  isEmpty() { return false; }

  destroy() { clearInterval(this.timer); }
}
