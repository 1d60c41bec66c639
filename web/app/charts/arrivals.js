// Values of a field that came for the first time and that stayed away, per day: bars up and down.

import { requestsBehind } from '../actions.js';
import { h, replace } from '../dom.js';
import { fieldClause } from '../filter-text.js';
import { format } from '../format.js';
import { openMenu } from '../popover.js';
import { atLeastDays, wholeQuery } from '../queries.js';
import { hrefOf, navigate, zone } from '../router.js';
import { follow } from '../actions.js';
import { add, formatDay, startOf } from '../zone.js';
import { arrivalsOf } from './cohorts.js';
import { hideTooltip, showTooltip } from './tooltip.js';

/** Days shown at least: arrivals of an hour are not worth a chart. */
const DAYS_MIN = 14;
/** Days without a request after which a value has lapsed, where the panel does not say. */
const LAPSE_DAYS = 7;
const VALUES_MAX = 5_000;
/** Names listed in a tooltip or menu. */
const NAMED_MAX = 12;

function daysOf(spec) { return spec.options.lapse_days ?? LAPSE_DAYS; }

function fieldOf(spec) { return spec.options.field ?? spec.query?.by?.[0] ?? 'client'; }

/** From when on days are shown, and from when on they are asked: who lapsed on the first day was last seen before it. */
function startsOf(spec, wish) {
  const shown = startOf(atLeastDays(wish, DAYS_MIN).range.from, 'd', wish.zone);
  return { shown, asked: add(shown, -daysOf(spec), 'd', wish.zone) };
}

export const arrivalsKind = {
  queries: (spec, wish) => {
    const { asked } = startsOf(spec, wish);
    const query = { measures: ['count'], by: [fieldOf(spec)], where: spec.query?.where, limit: VALUES_MAX };
    return [{ ...wholeQuery(query, { ...wish, range: { from: asked, to: wish.range.to } }), every: '1d' },
      // Everyone who was there before: the whole kept time.
      wholeQuery(query, { ...wish, range: { from: 0, to: asked } })];
  },
  create: (host, spec) => new Arrivals(host, spec),
};

class Arrivals {
  constructor(host, spec) {
    this.spec = spec;
    this.box = h('div', { class: 'arrivals' });
    host.append(this.box);
  }

  update([answer, earlier]) {
    const from = add(Date.parse(answer.from), daysOf(this.spec), 'd', zone());
    const known = new Set((earlier?.rows ?? []).filter((row) => row[1] > 0).map((row) => row[0]));
    // Where nothing older is kept, everyone of the first days would seem new.
    this.hasPast = known.size > 0;
    this.model = arrivalsOf(answer, known, daysOf(this.spec), from - 1);
    this.paint();
  }

  paint() {
    if (!this.model) return;
    const { days, fresh, lapsed, active } = this.model;
    const most = Math.max(0, ...fresh.map((list) => list.length), ...lapsed.map((list) => list.length));
    const total = (lists) => new Set(lists.flat()).size;
    const half = (list, name) => h('span', { class: `arrivals-${name}`, style: { height: `${(list.length / most) * 50}%` } });
    replace(this.box,
      h('p', { class: 'arrivals-sum' }, h('span', {}, h('b', {}, format(total(fresh), '1')), ' new'), h('span', {}, h('b', {}, format(total(lapsed), '1')), ` lapsed (no request for ${daysOf(this.spec)} days)`),
        h('span', { class: 'muted' }, `${format(active[active.length - 1] ?? 0, '1')} active today`)),
      most === 0 ? h('p', { class: 'muted' }, 'Nobody came for the first time, and nobody stayed away.') : [h('div', { class: 'arrivals-days' }, days.map((day, index) => h('button', {
        type: 'button', class: 'arrivals-day', 'aria-label': `${formatDay(day, zone())}: ${fresh[index].length} new, ${lapsed[index].length} lapsed, ${active[index]} active`,
        onpointerenter: (event) => showTooltip(this.describe(index), event.clientX, event.clientY), onpointerleave: hideTooltip,
        onfocus: (event) => { if (event.currentTarget.matches(':focus-visible')) { const box = event.currentTarget.getBoundingClientRect(); showTooltip(this.describe(index), box.right, box.top); } }, onblur: hideTooltip,
        onclick: (event) => this.open(event.currentTarget, index),
      }, half(fresh[index], 'new'), half(lapsed[index], 'lapsed')))),
      h('div', { class: 'arrivals-axis muted', 'aria-hidden': 'true' }, h('span', {}, formatDay(days[0], zone())), h('span', {}, formatDay(days[days.length - 1], zone())))],
      !this.hasPast && h('p', { class: 'panel-caption' }, 'Nothing older is kept: who is new on the first days was perhaps there before.'));
  }

  describe(index) {
    const { days, fresh, lapsed, active } = this.model;
    const some = (list) => list.slice(0, NAMED_MAX).join(', ') + (list.length > NAMED_MAX ? ` and ${list.length - NAMED_MAX} more` : '');
    return {
      heading: formatDay(days[index], zone()),
      rows: [{ name: 'new', color: 'var(--ok)', text: String(fresh[index].length) }, { name: 'lapsed', color: 'var(--warning)', text: String(lapsed[index].length) }, { name: 'active', text: String(active[index]) }],
      note: [fresh[index].length && `New: ${some(fresh[index])}`, lapsed[index].length && `Lapsed: ${some(lapsed[index])}`].filter(Boolean).join('. '),
    };
  }

  open(anchor, index) {
    const { days, fresh, lapsed } = this.model;
    const field = fieldOf(this.spec);
    hideTooltip();
    const item = (value, from, to) => {
      const patch = requestsBehind({ clause: fieldClause(field, [value]), from, to });
      return { label: value, icon: 'list', href: hrefOf(patch), onclick: follow(patch) };
    };
    const day = days[index];
    const end = add(day, 1, 'd', zone());
    if (!fresh[index].length && !lapsed[index].length) { navigate(requestsBehind({ from: day, to: end })); return; }
    openMenu(anchor, [
      fresh[index].length > 0 && { heading: 'New' }, ...fresh[index].slice(0, NAMED_MAX).map((value) => item(value, day, end)),
      lapsed[index].length > 0 && { heading: 'Lapsed: last requests' }, ...lapsed[index].slice(0, NAMED_MAX).map((value) => item(value, add(day, -daysOf(this.spec) - 1, 'd', zone()), end)),
    ], { heading: formatDay(day, zone()) });
  }

  isEmpty() { return this.model.days.length === 0; }

  destroy() { hideTooltip(); }

  table() {
    const { days, fresh, lapsed, active } = this.model;
    return {
      columns: [{ label: 'Day' }, { label: 'New', number: true }, { label: 'Lapsed', number: true }, { label: 'Active', number: true }, { label: 'Names' }],
      rows: days.map((day, index) => [{ text: formatDay(day, zone()) }, { text: String(fresh[index].length) }, { text: String(lapsed[index].length) }, { text: String(active[index]) },
        { text: [...fresh[index].map((name) => `+ ${name}`), ...lapsed[index].map((name) => `\u2212 ${name}`)].slice(0, NAMED_MAX).join(', ') }]).reverse(),
    };
  }
}
