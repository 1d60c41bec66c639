// A page from its data: sections of panels, some foldable; on the requests page also the choice between figures and the list.

import { h, replace } from './dom.js';
import { icon } from './icons.js';
import { Panel } from './panel.js';
import { pageNote } from './panel-states.js';
import { demand, onRefresh } from './refresher.js';
import { current, linkTo, navigate, onNavigate } from './router.js';
import { RecordsTable } from './requests/records-table.js';

export class PageView {
  /** @param {object} page  data of pages/*.js */
  constructor(page) {
    this.page = page;
    this.parts = [];
    const { view } = current();
    const records = page.records && view === 'records';
    this.note = h('div', {});
    this.element = h('div', { class: `page page-${page.id}` }, this.headline(), this.note, records ? this.recordsView() : page.sections.map((section) => this.section(section)),
      page.records && this.add(new RecordsTable()).element);
    this.stops = [onRefresh(() => replace(this.note, pageNote())), onNavigate((_, changed) => { if (changed.has('folded')) this.fold(); })];
  }

  add(part) {
    this.parts.push(part);
    return part;
  }

  headline() {
    const { page } = this;
    return h('div', { class: 'page-head' }, h('h1', {}, page.title),
      page.views && h('nav', { class: 'choice views', 'aria-label': 'View' },
        Object.entries(page.views).map(([view, label]) => h('a',
          { ...linkTo(() => ({ view, sort: '-time' })), 'aria-current': current().view === view ? 'page' : null },
          label,
        )),
      ));
  }

  recordsView() {
    return h('div', { class: 'section-panels' }, this.panel(this.page.records.strip, 2));
  }

  panel(spec, level) {
    const panel = this.add(new Panel(spec, level));
    panel.element.classList.add(spec.wide ? 'span-wide' : `span-${spec.size ?? 'stat'}`);
    return panel.element;
  }

  section(section) {
    const panels = h('div',
      { class: `section-panels ${section.layout === 'stats' ? 'stats' : ''}`, id: `section-${section.id}` },
      section.panels.map((spec) => this.panel(spec, section.title ? 3 : 2)),
    );
    if (!section.title) return panels;
    const button = h('button',
      { type: 'button', class: 'section-title', 'aria-controls': `section-${section.id}`, onclick: () => toggle(section.id) },
      icon('down'),
      section.title,
    );
    const element = h('section', { class: 'section', dataset: { section: section.id } }, h('h2', {}, button), panels);
    this.foldOne(element);
    return element;
  }

  // A folded section is not in the layout, so its panels are not visible and send no queries.
  fold() {
    for (const element of this.element.querySelectorAll('.section')) this.foldOne(element);
    demand('new');
  }

  foldOne(element) {
    const folded = current().folded.includes(element.dataset.section);
    element.classList.toggle('folded', folded);
    element.querySelector('.section-panels').hidden = folded;
    element.querySelector('.section-title').setAttribute('aria-expanded', String(!folded));
  }

  destroy() {
    for (const stop of this.stops) stop();
    for (const part of this.parts) part.destroy();
  }
}

function toggle(id) {
  const { folded } = current();
  navigate({ folded: folded.includes(id) ? folded.filter((other) => other !== id) : [...folded, id] }, { replace: true });
}
