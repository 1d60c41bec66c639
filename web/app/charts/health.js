// Whether the figures on the page can be trusted: how fresh the newest record is, how late records come, what was refused.

import { h, replace } from '../dom.js';
import { levelOf } from '../answer.js';
import { format, formatAge, formatCount } from '../format.js';
import { arrivalRate, news, onNews } from '../live.js';
import { serverNow } from '../clock.js';
import { levelBadge } from './stat.js';

export const healthKind = { create: (host, panel) => new Health(host, panel) };

class Health {
  constructor(host, panel) {
    this.panel = panel;
    this.box = h('div', { class: 'health' });
    host.append(this.box);
    this.stop = onNews(() => this.paint());
    queueMicrotask(() => this.paint());
  }

  paint() {
    const { status, tick } = news();
    if (!status) return;
    const frame = this.box.closest('.panel');
    if (frame?.querySelector('.skeleton')) { frame.querySelector('.panel-over').hidden = true; frame.querySelector('.panel-chart').hidden = false; }
    const newest = tick?.newest ?? status.store.newest;
    const age = newest ? Math.max(0, (serverNow() - Date.parse(newest)) / 1000) : null;
    const lag = tick?.ingest_lag_seconds ?? null;
    const rejected = tick?.rejected ?? status.sources.reduce((sum, source) => sum + source.rejected, 0);
    const { freshness, lag: lagLimits } = this.panel.options.limits;
    replace(this.box, h('dl', { class: 'health-figures' },
      figure('Newest record', age === null ? '\u2013' : `${formatAge(age)} ago`, levelOf(age, freshness)),
      figure('Ingest lag', lag === null ? '\u2013' : format(lag, 's'), levelOf(lag, lagLimits)),
      figure('Arriving', format(arrivalRate(), 'req/s'), null),
      figure('Rejected', formatCount(rejected), rejected > 0 ? 'warning' : 'ok'),
      figure('Store', `${formatCount(status.store.records)} records, ${format(status.store.bytes, 'By')}`,
        status.store.writable ? 'ok' : 'critical',
        status.store.reason,
      )),
    status.sources.length > 0 && h('div', { class: 'scroll-x', tabindex: '0', role: 'region', 'aria-label': 'Sources' }, h('table', {}, h('thead', {},
      h('tr', {},
        ['Source', 'Stored', 'Rejected', 'Last', 'Lag'].map((name, index) => h('th', { scope: 'col', class: index ? 'number' : null }, name)),
      ),
    ),
      h('tbody', {}, status.sources.map((source) => h('tr', {}, h('th', { scope: 'row' }, source.source), h(
        'td',
        { class: 'number' },
        formatCount(source.stored),
      ),
        h('td', { class: `number${source.rejected ? ' level-warning' : ''}` }, formatCount(source.rejected)),
        h('td', { class: 'number' },
          source.last_received ? `${formatAge((serverNow() - Date.parse(source.last_received)) / 1000)} ago` : '\u2013',
        ), h('td', { class: 'number' }, format(source.lag_seconds, 's'))))))));
  }

  update() {}

  isEmpty() { return false; }

  destroy() { this.stop(); }
}

function figure(name, text, level, note) {
  return h('div', {},
    h('dt', {}, name),
    h('dd', {}, h('span', { class: 'health-value' }, text), levelBadge(level)),
    note && h('dd', { class: 'muted' }, note),
  );
}
