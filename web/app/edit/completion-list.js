// Suggestions under a text of the editor's forms, at its cursor: by arrow keys, Enter and Tab, or with the pointer.

import { complete as completeFilter, contextAt as filterContext } from '../completion.js';
import { debounce, h } from '../dom.js';
import { complete } from '../explore/promql-text.js';
import { suggestionsFor as promqlSuggestions } from '../explore/suggestions.js';
import { allFields, loadFields } from '../fields.js';
import { suggestionsFor as filterSuggestions } from '../filter-suggestions.js';
import { SuggestionList } from '../suggestion-list.js';
import { expressionContext, MEASURES, measureContext, nameContext } from './contexts.js';

async function names({ prefix }, isOffered) {
  await loadFields();
  const written = prefix.toLowerCase();
  const rank = ({ name, summary }) => (name.startsWith(written) ? 0 : name.includes(written) ? 1 : summary.toLowerCase().includes(written) ? 2 : 3);
  return allFields().filter(isOffered).map((field) => ({ field, at: rank(field) })).filter(({ at }) => at < 3).sort((a, b) => a.at - b.at)
    .map(({ field }) => ({ kind: 'field', text: field.name, label: field.name, detail: field.summary }));
}

async function filters(context, signal) {
  await loadFields();
  return filterSuggestions(context, signal);
}

const isGroup = ({ role }) => role !== 'measure' && role !== 'time';

/** What each kind of text offers: its context at a cursor, the suggestions of a context, and the text with one taken. */
const KINDS = {
  filter: { contextAt: filterContext, suggestionsFor: filters, complete: completeFilter },
  names: { contextAt: nameContext, suggestionsFor: (context) => names(context, isGroup), complete },
  name: { contextAt: (text, cursor) => ({ expect: 'name', prefix: text.slice(0, cursor), start: 0, end: text.length }), suggestionsFor: (context) => names(context, isGroup), complete },
  measures: {
    contextAt: measureContext, suggestionsFor: async (context, signal) => {
      if (context.expect === 'measure') return MEASURES.filter(([text]) => text.startsWith(context.prefix)).map(([text, detail]) => ({ kind: 'keyword', text, label: text.replace('|', '\u2026'), detail }));
      return context.expect === 'name' ? names(context, ({ role }) => role !== 'time') : context.expect === 'none' ? [] : filters(context, signal);
    }, complete: (text, context, insertion) => (['measure', 'name'].includes(context.expect) ? complete : completeFilter)(text, context, insertion),
  },
  promql: { contextAt: expressionContext, suggestionsFor: promqlSuggestions, complete },
};

let count = 0;

/** `input` with suggestions of a kind of KINDS; the element takes its place in the form. */
export function withCompletion(input, kind) {
  return new CompletionList(input, KINDS[kind]).element;
}

class CompletionList {
  constructor(input, source) {
    this.input = input;
    this.source = source;
    this.list = new SuggestionList(input, `completion-${count += 1}`, (item) => this.take(item));
    this.element = h('span', { class: 'completed' }, input, this.list.element);
    for (const [name, value] of Object.entries({ role: 'combobox', autocomplete: 'off', spellcheck: 'false', 'aria-expanded': 'false', 'aria-controls': this.list.id, 'aria-autocomplete': 'list' })) input.setAttribute(name, value);
    const suggest = debounce(() => this.suggest(), 90);
    input.addEventListener('input', suggest);
    input.addEventListener('click', () => this.suggest());
    input.addEventListener('blur', () => this.close());
    input.addEventListener('keydown', (event) => this.key(event));
  }

  async suggest() {
    if (document.activeElement !== this.input) return;
    const { input, source } = this;
    const context = source.contextAt(input.value, input.selectionStart);
    const isTaken = this.taken;
    this.taken = false;
    // What was chosen just now is not offered again; what comes after it is.
    if (isTaken && context.prefix !== '') return;
    this.lookup?.abort();
    this.lookup = new AbortController();
    const { signal } = this.lookup;
    let found = [];
    try { found = await source.suggestionsFor(context, signal); } catch { found = []; }
    if (signal.aborted || document.activeElement !== input) return;
    // The one suggestion that is already written is none.
    this.context = context;
    this.list.show(found.length === 1 && found[0].text.trim() === context.prefix ? [] : found);
    this.list.element.scrollIntoView({ block: 'nearest' });
  }

  key(event) {
    const open = this.list.isOpen;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === ' ' && event.ctrlKey) this.suggest();
    else if (!open || event.shiftKey || event.ctrlKey || event.metaKey || event.altKey) return;
    else if (step) this.list.step(step);
    else if (event.key === 'Enter' && this.list.marked) this.take(this.list.marked);
    else if (event.key === 'Tab') this.take(this.list.best);
    else if (event.key === 'Escape') this.close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  take(item) {
    const { input } = this;
    const { text, cursor } = this.source.complete(input.value, this.context, item.text);
    input.value = text;
    input.focus();
    input.setSelectionRange(cursor, cursor);
    this.close();
    this.taken = true;
    input.dispatchEvent(new Event('input', { bubbles: true }));
  }

  close() {
    this.lookup?.abort();
    this.list.close();
  }
}
