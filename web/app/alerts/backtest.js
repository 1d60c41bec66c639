// A rule over the past, with any threshold: when it would have fired, how often somebody would have been called, and which threshold calls less.

import { h, replace } from '../dom.js';
import { format, formatAge } from '../format.js';
import { icon } from '../icons.js';
import { openDialog } from '../popover.js';
import { serverNow } from '../clock.js';
import { navigate, zone } from '../router.js';
import { absoluteRange } from '../time-range.js';
import { formatSpan } from '../zone.js';
import { backtest } from './alerting-api.js';
import { tellingLabels } from './model.js';
import { cardTable, failure, labelTags, nothing } from './parts.js';

const SPANS = [['1d', 'Day', 86_400], ['7d', 'Week', 604_800], ['30d', '30 days', 2_592_000], ['90d', '90 days', 7_776_000]];
/** Firings that are listed. */
const LIST_MAX = 60;

/** Opens the dialog for a rule and replays it over a week. */
export function openBacktest(group, rule) {
  const unit = rule.annotations?.unit ?? '1';
  let seconds = 604_800;
  let abort = null;
  const limit = h('input', { type: 'text', inputmode: 'decimal', value: rule.threshold ? String(rule.threshold.limit) : '', disabled: !rule.threshold, 'aria-label': 'Threshold' });
  const budget = h('input', { type: 'text', inputmode: 'decimal', value: '1', 'aria-label': 'Pages a week that are bearable' });
  const result = h('div', { class: 'backtest-result', 'aria-live': 'polite' });
  const spans = h('div', { class: 'choice' });
  const drawSpans = () => replace(spans, SPANS.map(([, label, length]) => h('button', { type: 'button', 'aria-pressed': String(length === seconds), onclick: () => { seconds = length; drawSpans(); run(); } }, label)));
  const close = openDialog(`${rule.name} over the past`, h('div', { class: 'backtest' },
    h('pre', { class: 'rule-expression' }, rule.query),
    h('form', { class: 'form-row', onsubmit: (event) => { event.preventDefault(); run(); } }, spans,
      h('label', { class: 'field-inline' }, rule.threshold ? `fires ${rule.threshold.comparison}` : 'no threshold', limit),
      h('label', { class: 'field-inline' }, 'pages a week', budget),
      h('button', { type: 'submit', class: 'button primary' }, icon('play'), 'Replay')), result), { className: 'dialog-wide', onclose: () => abort?.abort() });

  async function run() {
    abort?.abort();
    abort = new AbortController();
    replace(result, h('p', { class: 'muted' }, 'Replaying\u2026'));
    const to = serverNow();
    try {
      const answer = await backtest({
        rule: { file: group.file, group: group.name, name: rule.name }, from: new Date(to - seconds * 1000).toISOString(), to: new Date(to).toISOString(),
        ...(rule.threshold && limit.value.trim() !== '' && { threshold: Number(limit.value) }), ...(Number(budget.value) > 0 && { noise_budget_per_week: Number(budget.value) }),
      }, abort.signal);
      replace(result, draw(answer));
    } catch (error) { if (error.name !== 'AbortError') replace(result, failure(error, run)); }
  }

  function draw({ summary, alerts, curve, suggestion, elapsed_seconds: elapsed }) {
    const firings = alerts.flatMap((alert) => alert.spans.map((span) => ({ ...span, labels: alert.labels }))).sort((a, b) => (a.from < b.from ? 1 : -1));
    return [
      h('dl', { class: 'backtest-figures' }, figure('Would have fired', `${summary.firings}\u00d7`), figure('In all for', formatAge(summary.firing_seconds)), figure('Pages a week', format(summary.pages_per_week, '1')),
        figure('Flaps', String(summary.flaps)), figure('Precision', format(summary.precision, 'ratio'), 'Firings that overlap with an incident'), figure('Recall', format(summary.recall, 'ratio'), 'Incidents that it would have told of'),
        figure('Delay', format(summary.detection_delay_seconds, 's'))),
      suggestion && h('p', { class: 'suggest' }, icon('ok'), `With ${format(suggestion.limit, unit)} it would page ${format(suggestion.pages_per_week, '1')} times a week. `,
        h('button', { type: 'button', class: 'plain', onclick: () => { limit.value = String(suggestion.limit); run(); } }, 'Try it')),
      curve?.length > 1 && curveTable(curve),
      firings.length === 0 ? nothing('It would not have fired', 'Not once in this time.') : h('ul', { class: 'firings' }, firings.slice(0, LIST_MAX).map((span) => h('li', {},
        h('button', { type: 'button', class: 'plain', onclick: () => { close(); const from = Date.parse(span.from); const to = Date.parse(span.to); navigate({ page: 'overview', view: 'analytics', ...absoluteRange(from - (to - from) - 300_000, to + 300_000) }); } },
          formatSpan(Date.parse(span.from), Date.parse(span.to), zone())), span.is_incident && h('span', { class: 'badge level-ok' }, icon('ok'), 'incident'), labelTags(tellingLabels(span.labels))))),
      firings.length > LIST_MAX && h('p', { class: 'muted' }, `and ${firings.length - LIST_MAX} more`),
      h('p', { class: 'muted' }, `Replayed in ${format(elapsed, 's')}.`),
    ];
  }

  function curveTable(curve) {
    const most = Math.max(...curve.map((point) => point.pages_per_week), 1e-9);
    return cardTable([{ label: 'Threshold', number: true }, { label: 'Pages a week', number: true }, { label: '' }, { label: 'Firing', number: true }, { label: 'Precision', number: true }, { label: 'Recall', number: true }],
      curve.map((point) => ({ cells: [h('button', { type: 'button', class: 'plain', onclick: () => { limit.value = String(point.limit); run(); } }, format(point.limit, unit)), format(point.pages_per_week, '1'),
        h('span', { class: 'week-bar', 'aria-hidden': 'true' }, h('span', { style: { width: `${point.pages_per_week / most * 100}%` } })), formatAge(point.firing_seconds), format(point.precision ?? null, 'ratio'), format(point.recall ?? null, 'ratio')] })),
      { label: 'Pages a week by threshold' });
  }

  drawSpans();
  run();
}

function figure(label, text, title) {
  return h('div', { title }, h('dt', {}, label), h('dd', {}, text));
}
