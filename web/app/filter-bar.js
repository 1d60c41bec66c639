// The filter: a line of text with completion of fields, operators and values, errors at their column, and its parts as chips.

import { queryBatch } from './api.js';
import { complete, contextAt } from './completion.js';
import { debounce, h, replace } from './dom.js';
import { loadFields } from './fields.js';
import { suggestionsFor } from './filter-suggestions.js';
import { clauses, withNegated, withoutClause } from './filter-text.js';
import { format } from './format.js';
import { icon } from './icons.js';
import { onRefresh, rangeFacts } from './refresher.js';
import { current, navigate, onNavigate, zone } from './router.js';
import { SuggestionList } from './suggestion-list.js';

export class FilterBar {
  constructor() {
    this.input = h('input', {
      id: 'filter', class: 'filter-input', type: 'text', spellcheck: 'false', autocomplete: 'off', autocapitalize: 'off', placeholder: 'Filter: provider: openai and status >= 500',
      role: 'combobox', 'aria-label': 'Filter', 'aria-expanded': 'false', 'aria-controls': 'filter-list', 'aria-autocomplete': 'list', 'aria-describedby': 'filter-error', enterkeyhint: 'search',
    });
    this.mark = h('div', { class: 'filter-mark', 'aria-hidden': 'true' });
    this.clear = h('button',
      {
        type: 'button',
        class: 'icon-button quiet',
        'aria-label': 'Clear the filter',
        hidden: true,
        onclick: () => { this.input.value = ''; this.apply(); this.input.focus(); },
      },
      icon('close'),
    );
    this.list = new SuggestionList(this.input, 'filter-list', (item) => this.take(item));
    this.error = h('div', { id: 'filter-error', class: 'filter-error', role: 'alert', hidden: true });
    this.chips = h('div', { class: 'chips' });
    this.hint = h('kbd', { class: 'filter-key', 'aria-hidden': 'true' }, '/');
    this.count = h('span', { class: 'filter-count', 'aria-live': 'polite' });
    this.element = h('div', { class: 'filter-bar', role: 'search' },
      h('div', { class: 'filter-box' }, icon('filter'),
        h('div', { class: 'filter-field' }, this.mark, this.input),
        this.count,
        this.clear,
        this.hint,
        this.list.element,
      ), this.error);
    this.listen();
    onNavigate((_, changed) => { if (changed.has('where')) this.show(); });
    onRefresh(() => this.showFacts());
    this.show();
  }

  listen() {
    const suggest = debounce(() => this.suggest(), 90);
    this.input.addEventListener('input',
      () => { this.quiet = false; this.showError(null); this.clear.hidden = !this.input.value; this.markDraft(); suggest(); },
    );
    this.input.addEventListener('click', () => { this.quiet = false; this.suggest(); });
    this.input.addEventListener('focus', () => { loadFields().then(() => this.suggest(), () => {}); });
    this.input.addEventListener('blur', () => { this.closeList(); });
    this.input.addEventListener('keydown', (event) => this.key(event));
    this.input.addEventListener('scroll', () => { this.mark.scrollLeft = this.input.scrollLeft; });
  }

  key(event) {
    const open = this.list.isOpen;
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault();
      if (!open) { this.quiet = false; this.suggest(); return; }
      this.list.step(event.key === 'ArrowDown' ? 1 : -1);
    } else if (event.key === 'Enter') {
      event.preventDefault();
      if (this.list.marked) this.take(this.list.marked); else this.apply();
    } else if (event.key === 'Tab' && open && !event.shiftKey) {
      event.preventDefault();
      this.take(this.list.best);
    } else if (event.key === 'Escape') {
      event.stopPropagation();
      this.quiet = true;
      // The draft stays: Escape is also what people press to get rid of suggestions.
      if (open) this.closeList(); else this.input.blur();
    }
  }

  /** Checks the text with the server; a good one becomes the page's filter, a bad one is marked where it is wrong. */
  async apply() {
    const text = this.input.value.trim();
    // Suggestions still under way must not cover the message.
    this.quiet = true;
    this.closeList();
    if (text === current().where) { this.showError(null); return; }
    if (text) {
      const problem = await filterProblem(text);
      if (problem) { this.showError(problem); return; }
    }
    this.showError(null);
    navigate({ where: text, open: '' });
  }

  /** Says that what is typed does not hold yet. */
  markDraft() {
    const draft = this.input.value.trim() !== current().where;
    this.element.classList.toggle('draft', draft);
    this.hint.textContent = draft ? 'Enter' : '/';
  }

  show() {
    const { where } = current();
    if (document.activeElement !== this.input || this.input.value.trim() !== where) this.input.value = where;
    this.clear.hidden = !this.input.value;
    this.showError(null);
    this.markDraft();
    const parts = clauses(where);
    replace(this.chips, parts.map((part, index) => this.chip(part, index, where)),
      parts.length > 1 && h('button', { type: 'button', class: 'chip-clear', onclick: () => navigate({ where: '' }) }, 'Clear all'));
  }

  chip(part, index, where) {
    const edit = () => { this.input.focus(); this.input.setSelectionRange(part.start, part.end); };
    const plain = part.negated ? part.text.slice(3).trim() : part.text;
    return h('span', { class: `chip${part.negated ? ' negated' : ''}` },
      h('button',
        {
          type: 'button',
          class: 'chip-not',
          title: part.negated ? 'Left out; click to require' : 'Required; click to leave out',
          'aria-label': part.negated ? `Require ${plain}` : `Leave out ${plain}`,
          onclick: () => navigate({ where: withNegated(where, index) }),
        },
        part.negated ? 'not' : 'is',
      ),
      h('button', { type: 'button', class: 'chip-text', title: 'Edit', onclick: edit }, plain),
      h('button',
        {
          type: 'button',
          class: 'chip-remove',
          'aria-label': `Remove ${part.text}`,
          onclick: () => navigate({ where: withoutClause(where, index) }),
        },
        icon('close'),
      ));
  }

  showFacts() {
    const { matched, total, error } = rangeFacts();
    this.count.textContent = matched === null || error ? '' : current().where && total !== null ? `${format(matched, '1')} of ${format(total, '1')}` : `${format(matched, '1')}`;
    this.count.title = 'Requests in the range';
    if (error?.field === 'where' && this.input.value.trim() === current().where) this.showError(error);
  }

  showError(error) {
    this.input.setAttribute('aria-invalid', String(Boolean(error)));
    this.error.hidden = !error;
    replace(this.mark);
    if (!error) return;
    const text = this.input.value;
    const at = offsetOf(text, error.position);
    const end = at === null ? 0 : Math.max(at + 1, text.slice(at).search(/[\s):]|$/) + at);
    if (at !== null) replace(this.mark, text.slice(0, at), h('mark', {}, text.slice(at, end).padEnd(1, '\u00a0')));
    this.mark.scrollLeft = this.input.scrollLeft;
    replace(this.error, icon('warning'), h('span', {},
      `${at === null ? '' : `Column ${at + 1}: `}${error.message}`,
      error.hint && h('span', { class: 'muted' }, ` \u2013 ${error.hint}`),
    ),
      text.trim() === current().where && h('button',
        { type: 'button', class: 'button small', onclick: () => navigate({ where: '' }) },
        'Clear the filter',
      ));
    if (document.activeElement === this.input && at !== null) this.input.setSelectionRange(at, at);
  }

  async suggest() {
    if (document.activeElement !== this.input || this.quiet) return;
    const context = contextAt(this.input.value, this.input.selectionStart ?? this.input.value.length);
    this.lookup?.abort();
    this.lookup = new AbortController();
    const { signal } = this.lookup;
    try {
      const suggestions = await suggestionsFor(context, signal);
      if (signal.aborted || this.quiet || document.activeElement !== this.input) return;
      this.context = context;
      this.list.show(suggestions);
    } catch { this.closeList(); }
  }

  take(item) {
    const { text, cursor } = complete(this.input.value, this.context, item.text);
    this.input.value = text;
    this.input.focus();
    this.input.setSelectionRange(cursor, cursor);
    this.suggest();
  }

  closeList() {
    this.lookup?.abort();
    this.list.close();
  }
}

// Asked as a batch: a wrong filter is an answer there, not a failed request. When the server is away the panels will say so.
async function filterProblem(text) {
  try {
    const [answer] = await queryBatch([{ from: 'now-1s', to: 'now', time_zone: zone(), measures: ['count'], where: text }]);
    return answer.code ? answer : null;
  } catch { return null; }
}

function offsetOf(text, position) {
  if (!position) return null;
  const lines = text.split('\n').slice(0, position.line - 1);
  return Math.min(text.length, lines.reduce((sum, line) => sum + line.length + 1, 0) + position.column - 1);
}
