// "What changed here?": the values of dimensions that explain the difference between a marked span and the time just before it.
// Open as long as the URL names a span.

import { keepOnly, leaveOut, requestsBehind } from '../actions.js';
import { sendJSON } from '../api.js';
import { h, replace } from '../dom.js';
import { both } from '../filter-text.js';
import { format, formatChange, formatPoints } from '../format.js';
import { icon } from '../icons.js';
import { errorNotice } from '../panel-states.js';
import { openMenu } from '../popover.js';
import { current, hrefOf, linkTo, navigate, onNavigate, zone } from '../router.js';
import { SideFrame } from '../side-frame.js';
import { clearSpan, markedSpan } from '../spans.js';
import { absoluteRange } from '../time-range.js';
import { formatSpan } from '../zone.js';
import { explainedText, hasStopped, measureName, spanOfCause, USUAL_MEASURES } from './measures.js';

/** Causes asked for: a ranking longer than a screen is not read. */
const CAUSES_MAX = 20;
/** A share of the difference below this is noise, and is kept under "less". */
const NOTABLE = 0.02;

export class ChangesPanel {
  constructor() {
    this.frame = new SideFrame({ id: 'changes', title: 'What changed here?', label: 'explanation', onclose: clearSpan });
    this.element = this.frame.element;
    onNavigate((_, changed) => {
      if (['span', 'measure', 'within', 'where'].some((key) => changed.has(key))) this.show();
      // One thing beside the page at a time: an opened request takes the place, the span stays marked in the URL's history.
      else if (changed.has('open') && current().open && current().span) clearSpan();
    });
    this.show();
  }

  async show() {
    const span = markedSpan();
    this.request?.abort();
    this.frame.setOpen(Boolean(span));
    if (!span) return;
    this.request = new AbortController();
    const { signal } = this.request;
    this.frame.element.classList.add('loading');
    replace(this.frame.body, this.head(span), h('div', { class: 'change-list skeleton-lines', 'aria-busy': 'true' }, Array.from({ length: 6 }, () => h('i', { class: 'skeleton-line' }))));
    try {
      const answer = await sendJSON('POST', '/api/v1/changes', this.question(span), signal);
      replace(this.frame.body, this.head(span), this.difference(answer), this.causes(answer));
    } catch (error) {
      if (error.name === 'AbortError') return;
      replace(this.frame.body, this.head(span), errorNotice(error));
    } finally {
      if (!signal.aborted) this.frame.element.classList.remove('loading');
    }
  }

  question({ from, to }) {
    const { where, within, measure } = current();
    return { from: new Date(from).toISOString(), to: new Date(to).toISOString(), where: both(where.trim(), within), measure: measure || 'count', limit: CAUSES_MAX };
  }

  head(span) {
    const { measure, within } = current();
    const chosen = measure || 'count';
    const choices = USUAL_MEASURES.some(([value]) => value === chosen) ? USUAL_MEASURES : [[chosen, measureName(chosen)], ...USUAL_MEASURES];
    const length = span.to - span.from;
    return h('div', { class: 'change-head' },
      h('label', { class: 'field' }, h('span', {}, 'Measure'),
        h('select', { class: 'select', onchange: (event) => navigate({ measure: event.target.value, within: '' }, { replace: true }) },
          choices.map(([value, label]) => h('option', { value, selected: value === chosen }, label)))),
      h('p', { class: 'muted' }, `${formatSpan(span.from, span.to, zone())}, compared with ${formatSpan(span.from - length, span.from, zone())}${within ? ` \u00b7 of ${within}` : ''}`),
      h('div', { class: 'side-links' },
        h('a', { class: 'button small', ...linkTo(() => absoluteRange(span.from - length, span.to + length)) }, icon('search'), 'Zoom to it'),
        h('a', { class: 'button small', ...linkTo(() => ({ ...requestsBehind({ ...span, clause: within }), span: '', measure: '', within: '' })) }, icon('list'), 'Its requests')));
  }

  difference({ now, before, unit, difference }) {
    const change = unit === 'ratio' ? formatPoints(now, before) : formatChange(now, before);
    return h('p', { class: 'change-total' },
      h('b', {}, format(now, unit)), h('span', { class: 'muted' }, ` was ${format(before, unit)} `),
      difference ? h('span', { class: 'change-delta' }, `${difference > 0 ? '\u25b2' : '\u25bc'} ${change.replace(/^[+\u2212]/, '')}`) : h('span', { class: 'muted' }, '\u2248 the same'));
  }

  causes(answer) {
    const { causes, fields } = answer;
    const notable = causes.filter((cause) => Math.abs(cause.explained ?? 0) >= NOTABLE);
    if (notable.length === 0) {
      return h('p', { class: 'notice-empty' }, answer.difference ? `No single value of ${fields.join(', ')} explains the difference: it is spread evenly.` : 'Nothing to explain: the measure did not change.');
    }
    const most = Math.max(...notable.map((cause) => Math.abs(cause.explained)), 1);
    return [
      h('p', { class: 'muted change-hint' }, 'By how much of the difference goes away without a value\u2019s requests. Values of different fields overlap.'),
      h('ol', { class: 'change-list' }, notable.map((cause) => this.cause(cause, answer, most))),
    ];
  }

  cause(cause, answer, most) {
    const { unit } = answer;
    const name = cause.value ?? '(none)';
    const against = cause.explained < 0;
    return h('li', { class: against ? 'against' : null },
      h('button', { type: 'button', class: 'change-cause', 'aria-haspopup': 'menu', onclick: (event) => this.open(event.currentTarget, cause, answer) },
        h('span', { class: 'change-name' }, h('span', { class: 'muted' }, `${cause.field} `), h('b', {}, String(name))),
        h('span', { class: 'change-share' }, explainedText(cause.explained, format)),
        h('span', { class: 'change-bar', 'aria-hidden': 'true' }, h('i', { style: { width: `${Math.min(100, (Math.abs(cause.explained) / most) * 100)}%` } })),
        h('span', { class: 'muted change-figures' }, `${format(cause.now, unit)}, was ${format(cause.before, unit)} \u00b7 ${format(cause.share_now, 'ratio')} of the requests, was ${format(cause.share_before, 'ratio')}`)));
  }

  open(anchor, cause, answer) {
    const { within } = current();
    const requests = { ...requestsBehind({ ...spanOfCause(cause, answer), clause: [cause.where, within].filter(Boolean).reduce(both, '') }), span: '', measure: '', within: '' };
    openMenu(anchor, [
      { label: hasStopped(cause) ? 'Show the requests that stopped' : 'Show the requests', icon: 'list', href: hrefOf(requests), onclick: (event) => { event.preventDefault(); navigate(requests); } },
      { label: 'Filter for this value', icon: 'plus', onclick: () => keepOnly(cause.field, cause.value) },
      { label: 'Filter out', icon: 'minus', onclick: () => leaveOut(cause.field, cause.value) },
    ], { heading: `${cause.field}: ${cause.value ?? '(none)'}` });
  }
}
