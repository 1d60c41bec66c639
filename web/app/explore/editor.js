// The editor of an expression: a text area with its colours and the place of an error laid under it, and completion at the cursor.

import { debounce, h, replace } from '../dom.js';
import { icon } from '../icons.js';
import { SuggestionList } from '../suggestion-list.js';
import { colouring, complete, contextAt, errorPlace } from './promql-text.js';
import { suggestionsFor } from './suggestions.js';

export class Editor {
  /** @param {{run: (text: string) => void}} listener  called with the text when it is to be answered */
  constructor({ run }) {
    this.run = run;
    this.input = h('textarea', {
      class: 'promql-input', rows: '1', spellcheck: 'false', autocomplete: 'off', autocapitalize: 'off', autocorrect: 'off', wrap: 'soft',
      placeholder: 'sum by (provider) (rate(llm_gateway_llm_gateway_requests_total[5m]))',
      role: 'combobox', 'aria-label': 'PromQL expression', 'aria-expanded': 'false', 'aria-controls': 'promql-list', 'aria-autocomplete': 'list', 'aria-describedby': 'promql-error',
    });
    this.paper = h('pre', { class: 'promql-paper', 'aria-hidden': 'true' });
    this.list = new SuggestionList(this.input, 'promql-list', (item) => this.take(item));
    this.error = h('div', { id: 'promql-error', class: 'filter-error', role: 'alert', hidden: true });
    this.element = h('div', { class: 'promql-editor' }, h('div', { class: 'promql-field' }, this.paper, this.input, this.list.element), this.error);
    this.listen();
  }

  listen() {
    const suggest = debounce(() => this.suggest(), 80);
    this.input.addEventListener('input', () => { this.quiet = false; this.showError(null); suggest(); });
    this.input.addEventListener('click', () => { this.closeList(); });
    this.input.addEventListener('blur', () => this.closeList());
    this.input.addEventListener('keydown', (event) => this.key(event));
  }

  get text() { return this.input.value.trim(); }

  /** Puts `text` in, unless someone is writing. */
  show(text) {
    if (document.activeElement !== this.input || !this.isDraft) this.put(text);
  }

  put(text) {
    this.input.value = text;
    this.showError(null);
  }

  focus() {
    this.input.focus();
    this.input.setSelectionRange(this.input.value.length, this.input.value.length);
  }

  get isDraft() { return this.text !== this.asked; }

  key(event) {
    const open = this.list.isOpen;
    if (open && (event.key === 'ArrowDown' || event.key === 'ArrowUp')) {
      event.preventDefault();
      this.list.step(event.key === 'ArrowDown' ? 1 : -1);
    } else if (event.key === 'Enter' && !event.shiftKey) {
      event.preventDefault();
      if (this.list.marked && !event.ctrlKey && !event.metaKey) this.take(this.list.marked);
      else this.submit();
    } else if (event.key === 'Tab' && open && !event.shiftKey) {
      event.preventDefault();
      this.take(this.list.best);
    } else if (event.key === ' ' && event.ctrlKey) {
      event.preventDefault();
      this.quiet = false;
      this.suggest();
    } else if (event.key === 'Escape') {
      event.stopPropagation();
      this.quiet = true;
      if (open) this.closeList(); else this.input.blur();
    }
  }

  submit() {
    this.quiet = true;
    this.closeList();
    this.asked = this.text;
    this.run(this.text);
  }

  /** Shows what is wrong, where it is; null takes it away. @param {{message: string, hint?: string} | null} error */
  showError(error) {
    const text = this.input.value;
    const place = error && errorPlace(error.message, text);
    this.input.setAttribute('aria-invalid', String(Boolean(error)));
    this.error.hidden = !error;
    this.paint(place?.offset ?? null);
    if (!error) return;
    replace(this.error, icon('warning'), h('span', {}, place.offset === null ? '' : `${lineAndColumn(text, place.offset)}: `, place.message,
      error.hint && h('span', { class: 'muted' }, ` \u2013 ${error.hint}`)));
  }

  paint(errorOffset) {
    const text = this.input.value;
    const pieces = [];
    let marked = false;
    for (const token of colouring(text)) {
      const isWrong = errorOffset !== null && !marked && token.end > errorOffset && token.type !== 'space';
      if (isWrong) marked = true;
      pieces.push(h('span', { class: `promql-${token.kind}${isWrong ? ' promql-wrong' : ''}` }, token.text));
    }
    if (errorOffset !== null && !marked) pieces.push(h('span', { class: 'promql-wrong' }, '\u00a0'));
    // A line break at the end needs something behind it, or the paper is a line shorter than the text.
    replace(this.paper, pieces, '\n');
  }

  async suggest() {
    this.element.classList.toggle('draft', this.isDraft);
    if (document.activeElement !== this.input || this.quiet) return;
    const context = contextAt(this.input.value, this.input.selectionStart);
    const asked = (this.asking = {});
    let list = [];
    try { list = await suggestionsFor(context); } catch { list = []; }
    if (asked !== this.asking || this.quiet || document.activeElement !== this.input) return;
    // The one suggestion that is already written is none.
    this.context = context;
    this.list.show(list.length === 1 && list[0].label === context.prefix ? [] : list);
  }

  take(item) {
    const { text, cursor } = complete(this.input.value, this.context, item.text);
    this.input.value = text;
    this.input.focus();
    this.input.setSelectionRange(cursor, cursor);
    this.showError(null);
    this.suggest();
  }

  closeList() {
    this.asking = null;
    this.list.close();
  }
}

function lineAndColumn(text, offset) {
  const before = text.slice(0, offset).split('\n');
  const column = before[before.length - 1].length + 1;
  return before.length > 1 ? `Line ${before.length}, column ${column}` : `Column ${column}`;
}
