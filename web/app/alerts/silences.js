// Silences and maintenance: what is kept quiet now, what will be, what was.

import { h, replace } from '../dom.js';
import { icon } from '../icons.js';
import { toast } from '../popover.js';
import { current, navigate } from '../router.js';
import { alertNews, refreshAlerts } from './alert-news.js';
import { expireSilence, fetchSilences } from './alerting-api.js';
import { matcherText, matches, parseMatchers } from './model.js';
import { ago, cardTable, failure, frame, instantOf, nothing } from './parts.js';
import { openSilenceForm } from './silence-form.js';

const GROUPS = [['active', 'Active'], ['pending', 'To come'], ['expired', 'Expired']];
const EXPIRED_MAX = 50;

export class SilencesView {
  constructor() {
    this.panel = frame('silences', 'Silences and maintenance', {
      tools: h('button', { type: 'button', class: 'button small primary', onclick: () => openSilenceForm({}, () => this.load()) }, icon('plus'), 'New silence'),
    });
    this.element = h('div', { class: 'alerts-view' }, this.panel.element,
      h('p', { class: 'muted alerts-hint' }, 'For maintenance, make a silence that begins then. What recurs belongs into the time intervals of the routing file, whose routes it mutes.'));
    this.load();
    // A link in a message says which alert is meant.
    const { silence } = current();
    if (silence) queueMicrotask(() => this.begin(silence));
  }

  begin(text) {
    navigate({ silence: '' }, { replace: true });
    try { openSilenceForm({ matchers: parseMatchers(text) }, () => this.load()); } catch (error) { toast(error.message); }
  }

  async load() {
    try {
      this.silences = await fetchSilences();
      this.draw();
    } catch (error) { replace(this.panel.body, failure(error, () => this.load())); }
  }

  draw() {
    if (this.silences.length === 0) { replace(this.panel.body, nothing('Nothing is silenced', 'A silence keeps alerts with certain labels from being told, for a time; they still show here.')); return; }
    replace(this.panel.body, GROUPS.map(([state, title]) => {
      const some = this.silences.filter((silence) => silence.status?.state === state).sort((a, b) => Date.parse(a.endsAt) - Date.parse(b.endsAt));
      if (state === 'expired') some.reverse().splice(EXPIRED_MAX);
      return some.length > 0 && h('section', {}, h('h3', { class: 'list-title' }, `${title} (${some.length})`), this.table(some, state));
    }));
  }

  table(silences, state) {
    const { alerts } = alertNews();
    const { item } = current();
    return cardTable([{ label: 'Alerts' }, { label: 'Quiet now', number: true }, { label: 'From' }, { label: 'Until' }, { label: 'By' }, { label: 'Why' }, { label: '' }], silences.map((silence) => ({
      class: silence.id === item ? 'chosen' : null,
      cells: [
        h('span', { class: 'matchers' }, silence.matchers.map((matcher) => h('code', {}, matcherText(matcher)))),
        state === 'active' ? String(alerts.filter((alert) => matches(silence.matchers, alert.labels)).length) : '\u2013',
        instantOf(Date.parse(silence.startsAt)), state === 'expired' ? ago(Date.parse(silence.endsAt)) : instantOf(Date.parse(silence.endsAt)), silence.createdBy, silence.comment,
        h('span', { class: 'row-actions' },
          h('button', { type: 'button', class: 'button small', onclick: () => openSilenceForm(state === 'expired' ? { matchers: silence.matchers, comment: silence.comment } : silence, () => this.load()) }, state === 'expired' ? 'Again' : 'Change'),
          state !== 'expired' && h('button', { type: 'button', class: 'button small', onclick: () => this.expire(silence) }, 'End now')),
      ],
    })));
  }

  async expire(silence) {
    try {
      await expireSilence(silence.id);
      toast('Ended');
      refreshAlerts();
      await this.load();
    } catch (error) { toast(error.message); }
  }

  destroy() {}
}
