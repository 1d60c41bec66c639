// One tile per provider: its traffic, errors and latency, and in a word how it is. A provider that had traffic before and has
// none now keeps its tile: that is the failure a list of today's traffic would hide.

import { behindLink, openValueMenu, requestsBehind } from '../actions.js';
import { groupClause, levelOf, valueName } from '../answer.js';
import { comparisonName, isComparable } from '../comparison.js';
import { h, replace } from '../dom.js';
import { pageItems } from '../drill.js';
import { format, formatChange } from '../format.js';
import { icon } from '../icons.js';
import { colorOf } from '../palette.js';
import { comparedQuery, wholeQuery } from '../queries.js';

/** A tile needs this width for its three figures, and is not stretched beyond the other. */
const TILE_PIXELS = 212;
const TILE_PIXELS_MAX = 460;

const STATES = {
  critical: ['Failing', 'critical'], warning: ['Degraded', 'warning'], ok: ['Healthy', 'ok'], silent: ['No traffic', 'none'],
};

export const providerTilesKind = {
  queries: (panel, wish) => [wholeQuery(panel.query, wish), comparedQuery(panel.query, wish)],
  create: (host, panel) => new ProviderTiles(host, panel),
};

class ProviderTiles {
  constructor(host, panel) {
    this.panel = panel;
    this.list = h('ul', { class: 'tiles' });
    host.append(this.list);
    this.observer = new ResizeObserver(() => { if (this.tiles) this.balance(this.tiles.length); });
    this.observer.observe(host);
  }

  update([now, before]) {
    const seconds = (Date.parse(now.to) - Date.parse(now.from)) / 1000;
    const earlier = new Map((before?.rows ?? []).map((row) => [row[0], row]));
    const tiles = now.rows.map(([value, count, errors, p95]) => this.tile(value, count, errors, p95, seconds, earlier.get(value)));
    this.comparable = isComparable(before);
    const present = new Set(now.rows.map((row) => row[0]));
    for (const [value, row] of earlier) if (!present.has(value)) tiles.push(this.tile(value, 0, null, null, seconds, row));
    this.tiles = tiles;
    this.paint();
  }

  tile(value, count, errors, p95, seconds, before) {
    const { error_rate: errorLimits, p95: latencyLimits } = this.panel.options.limits;
    const errorLevel = levelOf(errors, errorLimits);
    const latencyLevel = levelOf(p95, latencyLimits);
    const order = ['critical', 'warning', 'ok'];
    // Slowness alone is not an outage: only errors make a provider "failing".
    const state = count === 0 ? 'silent' : errorLevel === 'critical' ? 'critical' : order.slice(1).find((level) => [errorLevel, latencyLevel].includes(level) || (level === 'warning' && latencyLevel === 'critical'));
    return { value, count, errors, p95, rate: count / seconds, errorLevel, latencyLevel, state: state ?? 'ok', before };
  }

  paint() {
    if (!this.tiles) return;
    const rank = ['critical', 'warning', 'silent', 'ok'];
    const sorted = [...this.tiles].sort((a, b) => rank.indexOf(a.state) - rank.indexOf(b.state) || b.count - a.count);
    this.balance(sorted.length);
    replace(this.list, sorted.map((tile) => this.draw(tile)));
  }

  // Rows of equal length: eight tiles are four and four, not six and two.
  balance(count) {
    const most = Math.max(1, Math.floor((this.list.clientWidth || TILE_PIXELS) / TILE_PIXELS));
    const columns = Math.ceil(count / Math.ceil(count / most));
    this.list.style.gridTemplateColumns = count ? `repeat(${columns}, minmax(0, ${TILE_PIXELS_MAX}px))` : '';
  }

  draw(tile) {
    const [word, sign] = STATES[tile.state];
    const clause = groupClause('provider', tile.value, []);
    const figure = (label, text, level, drill) => h('a',
      { ...behindLink(drill), class: level && level !== 'ok' ? `level-${level}` : null },
      h('span', { class: 'tile-label' }, label),
      h('span', { class: 'tile-figure' }, text),
    );
    const change = this.comparable ? (tile.before ? formatChange(tile.count, tile.before[1]) : 'new') : '';
    return h('li', { class: `tile state-${tile.state}` },
      h('div', { class: 'tile-head' },
        h('button',
          { type: 'button', class: 'plain tile-name', onclick: (event) => openValueMenu(event.currentTarget, 'provider', tile.value, { clause }, pageItems(this.panel.drill, tile.value)) },
          h('span', { class: 'swatch', style: { background: colorOf('provider', tile.value) } }),
          h('span', {}, valueName(tile.value)),
        ),
        h('span', { class: `badge state-${tile.state}`, title: this.reason(tile) }, icon(sign), word)),
      h('div', { class: 'tile-figures' },
        figure('req/s', format(tile.rate, 'req/s').replace(/\u202freq\/s$/, ''), null, { clause }),
        figure('errors', format(tile.errors, 'ratio'), tile.errorLevel, { clause: `${clause} and ${this.panel.options.error_where}` }),
        figure('p95', format(tile.p95, 's'), tile.latencyLevel, { clause, sort: '-duration' })),
      h('div', { class: 'tile-change' },
        change && (change === 'same' ? 'traffic as before' : change === 'new' ? 'new' : `traffic ${change}`),
        change && h('span', { class: 'visually-hidden' }, ` against the ${comparisonName()}`),
      ));
  }

  reason(tile) {
    if (tile.state === 'silent') return `No request in this range, ${format(tile.before?.[1] ?? 0, '1')} in the ${comparisonName()}`;
    const parts = [];
    if (tile.errorLevel && tile.errorLevel !== 'ok') parts.push(`error rate above ${format(this.panel.options.limits.error_rate[tile.errorLevel], 'ratio')}`);
    if (tile.latencyLevel && tile.latencyLevel !== 'ok') parts.push(`p95 above ${format(this.panel.options.limits.p95[tile.latencyLevel], 's')}`);
    return parts.join(', ') || 'Errors and latency below their thresholds';
  }

  isEmpty() { return this.tiles.length === 0; }

  destroy() { this.observer.disconnect(); }

  table() {
    return {
      columns: [
        { label: 'Provider' },
        { label: 'State' },
        { label: 'Requests', number: true },
        { label: 'Rate', number: true },
        { label: 'Errors', number: true },
        { label: 'p95', number: true },
      ],
      rows: this.tiles.map((tile) => [{ text: valueName(tile.value), value: ['provider', tile.value] }, { text: STATES[tile.state][0] },
        {
          text: format(tile.count, '1'),
          link: requestsBehind({ clause: groupClause('provider', tile.value, []) }),
        }, { text: format(tile.rate, 'req/s') },
        { text: format(tile.errors, 'ratio'), level: tile.errorLevel }, { text: format(tile.p95, 's'), level: tile.latencyLevel }]),
    };
  }
}
