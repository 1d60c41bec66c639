// Which share of those who were new in a week comes back in the weeks after, as a shaded table.

import { h, replace } from '../dom.js';
import { format } from '../format.js';
import { atLeastDays, wholeQuery } from '../queries.js';
import { zone } from '../router.js';
import { formatDay, startOf } from '../zone.js';
import { weeklyCohorts } from './cohorts.js';

/** Values that are followed; a field with more is an identifier, and retention of the rest would be guessed. */
const VALUES_MAX = 5_000;
/** Weeks that are looked at: a page's range of a day says nothing about coming back. */
const DAYS_MIN = 84;

export const retentionKind = {
  queries: (spec, wish) => {
    const asked = atLeastDays(wish, DAYS_MIN);
    const range = { from: startOf(asked.range.from, 'w', wish.zone), to: asked.range.to };
    return [{ ...wholeQuery({ measures: ['count'], by: [fieldOf(spec)], where: spec.query?.where, limit: VALUES_MAX }, { ...asked, range }), every: '1w' }];
  },
  create: (host, spec) => new Retention(host, spec),
};

function fieldOf(spec) {
  return spec.options.field ?? spec.query?.by?.[0] ?? 'client';
}

class Retention {
  constructor(host, spec) {
    this.spec = spec;
    this.box = h('div', { class: 'retention scroll-x' });
    host.append(this.box);
  }

  update([answer]) {
    this.model = weeklyCohorts(answer);
    this.more = answer.groups_total > VALUES_MAX ? answer.groups_total - VALUES_MAX : 0;
    this.openFrom = answer.completeness?.open_from ? Date.parse(answer.completeness.open_from) : Infinity;
    this.paint();
  }

  paint() {
    if (!this.model) return;
    const { weeks, cohorts } = this.model;
    const field = fieldOf(this.spec);
    replace(this.box, h('table', {},
      h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, 'First seen in the week of'), h('th', { scope: 'col', class: 'number' }, `${field}s`), weeks.map((_, index) => h('th', { scope: 'col', class: 'number' }, index === 0 ? 'that week' : `+${index}`)))),
      h('tbody', {}, cohorts.map((cohort) => h('tr', {},
        h('th', { scope: 'row' }, formatDay(cohort.week, zone()), cohort.isFirst && h('span', { class: 'muted' }, ' or before')), h('td', { class: 'number' }, format(cohort.size, '1')),
        weeks.map((_, index) => this.cell(cohort, index)))))),
    h('p', { class: 'panel-caption' }, 'The last column of each row is the running week. ', this.more > 0 && `${format(this.more, '1')} further values are not followed.`));
  }

  cell(cohort, index) {
    const seen = cohort.seen[index];
    if (seen === undefined) return h('td', { class: 'nothing' });
    const share = seen / cohort.size;
    const isOpen = index === cohort.seen.length - 1;
    return h('td', { class: `number${isOpen ? ' open' : ''}`, title: `${format(seen, '1')} of ${format(cohort.size, '1')}` },
      h('span', { class: 'retention-cell', style: { background: `color-mix(in oklab, var(--accent) ${Math.round(share * 45)}%, var(--panel))` } }, format(share, 'ratio')));
  }

  isEmpty() { return this.model.cohorts.length === 0; }

  destroy() {}

  table() {
    const { weeks, cohorts } = this.model;
    return {
      columns: [{ label: 'Week' }, { label: 'Size', number: true }, ...weeks.map((_, index) => ({ label: `+${index}`, number: true }))],
      rows: cohorts.map((cohort) => [{ text: formatDay(cohort.week, zone()) }, { text: format(cohort.size, '1') }, ...weeks.map((_, index) => ({ text: cohort.seen[index] === undefined ? '' : format(cohort.seen[index] / cohort.size, 'ratio') }))]),
    };
  }
}
