// The suggestions under a text: what is offered, which one is marked, and what the input says of it to screen readers.

import { h, replace } from './dom.js';

const SHOWN_MAX = 14;

export class SuggestionList {
  /**
   * @param {HTMLElement} input  a combobox whose `aria-controls` is `id`
   * @param {(item: {kind: string, text: string, label?: string, detail?: string}) => void} take  called with what was pointed at
   */
  constructor(input, id, take) {
    this.input = input;
    this.id = id;
    this.take = take;
    this.items = [];
    this.at = -1;
    this.element = h('ul', { id, class: 'suggestions', role: 'listbox', 'aria-label': 'Suggestions', hidden: true });
  }

  get isOpen() { return !this.element.hidden; }

  /** What is marked; undefined while nothing is. */
  get marked() { return this.items[this.at]; }

  /** What is marked, else the first. */
  get best() { return this.items[Math.max(0, this.at)]; }

  /** Offers these, none marked; nothing closes the list. */
  show(items) {
    this.items = items.slice(0, SHOWN_MAX);
    this.unmark();
    replace(this.element, this.items.map((item, index) => h('li', {
      id: `${this.id}-${index}`, role: 'option', 'aria-selected': 'false', class: `suggestion ${item.kind}`, onpointerdown: (event) => { event.preventDefault(); this.take(item); },
      // Within a label, a click would go to its input as well.
      onclick: (event) => event.preventDefault(),
    }, h('span', { class: 'suggestion-text' }, item.label ?? item.text.trim()), h('span', { class: 'suggestion-detail' }, item.detail ?? ''))));
    this.element.hidden = this.items.length === 0;
    this.input.setAttribute('aria-expanded', String(this.isOpen));
  }

  /** Marks the next (1) or the one before (-1), around the ends. */
  step(by) {
    const count = this.items.length;
    this.at = (Math.max(this.at, by > 0 ? -1 : 0) + by + count) % count;
    for (const [index, element] of [...this.element.children].entries()) {
      element.setAttribute('aria-selected', String(index === this.at));
      if (index === this.at) element.scrollIntoView({ block: 'nearest' });
    }
    this.input.setAttribute('aria-activedescendant', `${this.id}-${this.at}`);
  }

  close() {
    this.element.hidden = true;
    this.unmark();
    this.input.setAttribute('aria-expanded', 'false');
  }

  unmark() {
    this.at = -1;
    this.input.removeAttribute('aria-activedescendant');
  }
}
