// Making and changing silences: which alerts, from when to when, by whom, and why; what they would quieten now stands below.

import { h, replace } from '../dom.js';
import { openDialog, toast } from '../popover.js';
import { serverNow } from '../clock.js';
import { zone } from '../router.js';
import { resolveInstant } from '../time-range.js';
import { formatInstant } from '../zone.js';
import { alertNews, onAlertNews, refreshAlerts } from './alert-news.js';
import { saveSilence } from './alerting-api.js';
import { matcherText, matches, parseMatchers, tellingLabels } from './model.js';
import { labelTags, personName, rememberPerson, severityBadge } from './parts.js';

const LENGTHS = [[30, '30 min'], [60, '1 h'], [240, '4 h'], [1_440, '1 day'], [10_080, '1 week']];
/** Alerts named in the preview. */
const PREVIEW_MAX = 8;

/**
 * Opens the form. `silence` is one that exists, or what a new one begins with (`{matchers}`).
 * @param {object} silence  @param {() => void} done  called once it has been saved
 */
export function openSilenceForm(silence, done) {
  const field = (label, control, hint) => h('label', { class: 'field' }, h('span', {}, label), control, hint && h('small', { class: 'muted' }, hint));
  const matchers = h('textarea', { class: 'text-area', rows: '3', spellcheck: 'false', 'aria-describedby': 'silence-error', oninput: () => preview() });
  matchers.value = (silence.matchers ?? []).map(matcherText).join('\n');
  const start = h('input', { type: 'text', value: silence.id && silence.startsAt ? formatInstant(Date.parse(silence.startsAt), zone(), 'm') : 'now' });
  const end = h('input', { type: 'text', value: silence.id && silence.endsAt ? formatInstant(Date.parse(silence.endsAt), zone(), 'm') : 'now+1h' });
  const author = h('input', { type: 'text', autocomplete: 'name', value: silence.createdBy ?? personName() });
  const comment = h('input', { type: 'text', value: silence.comment ?? '' });
  const error = h('p', { class: 'form-error', id: 'silence-error', role: 'alert' });
  const effect = h('div', { class: 'silence-effect', 'aria-live': 'polite' });
  const form = h('form', { class: 'form', onsubmit: (event) => { event.preventDefault(); save(); } },
    field('Alerts with all of these labels', matchers, 'One matcher a line: provider="openai", model!="x", client=~"batch-.*"'),
    h('div', { class: 'form-row' }, field('From', start), field('Until', end)),
    h('div', { class: 'choice' }, LENGTHS.map(([minutes, label]) => h('button', { type: 'button', onclick: () => { end.value = `now+${minutes}m`; } }, label))),
    h('div', { class: 'form-row' }, field('Your name', author), field('Why', comment, 'Whoever looks at it at night will be grateful.')),
    effect, error,
    h('div', { class: 'form-foot' }, h('button', { type: 'submit', class: 'button primary' }, silence.id ? 'Change the silence' : 'Silence')));
  const close = openDialog(silence.id ? 'Change a silence' : 'New silence', form, { onclose: () => stop() });
  const stop = onAlertNews(() => preview());

  function preview() {
    try {
      const wanted = parseMatchers(matchers.value);
      error.textContent = '';
      const hit = alertNews().alerts.filter((alert) => matches(wanted, alert.labels));
      replace(effect, wanted.length === 0 ? null : hit.length === 0 ? h('p', { class: 'muted' }, 'No alert that is active now matches.') : [
        h('p', {}, `Quietens ${hit.length === 1 ? 'this alert' : `these ${hit.length} alerts`} now:`),
        h('ul', {}, hit.slice(0, PREVIEW_MAX).map((alert) => h('li', {}, severityBadge(alert.severity, alert.name), labelTags(tellingLabels(alert.labels))))),
      ]);
    } catch (problem) { error.textContent = problem.message; replace(effect); }
  }

  async function save() {
    try {
      const wanted = parseMatchers(matchers.value);
      if (wanted.length === 0) throw new SyntaxError('Say which alerts: a silence needs at least one matcher.');
      if (!author.value.trim()) { author.focus(); throw new SyntaxError('Say who you are, so that others can ask.'); }
      if (!comment.value.trim()) { comment.focus(); throw new SyntaxError('Say why, in a few words.'); }
      const [from, to] = [start, end].map((input) => resolveInstant(input.value.trim(), serverNow(), zone()));
      if (!(to > from)) { end.focus(); throw new SyntaxError('The end must lie after the beginning.'); }
      rememberPerson(author.value.trim());
      await saveSilence({
        ...(silence.id && { id: silence.id }), matchers: wanted, startsAt: new Date(from).toISOString(), endsAt: new Date(to).toISOString(), createdBy: author.value.trim(), comment: comment.value.trim(),
      });
      close();
      toast('Silenced');
      refreshAlerts();
      done?.();
    } catch (problem) { error.textContent = problem.message; }
  }

  preview();
  (silence.matchers?.length ? comment : matchers).focus();
}
