// A page from its dashboard: sections of panels, some foldable, choices above them, and where a dashboard has it the choice
// between figures and the list of single requests.

import { h, replace } from './dom.js';
import { icon } from './icons.js';
import { Panel } from './panel.js';
import { pageNote } from './panel-states.js';
import { demand, onRefresh } from './refresher.js';
import { current, linkTo, navigate, onNavigate } from './router.js';
import { VariableBar } from './variables.js';
import { RecordsTable } from './requests/records-table.js';

/** The two ways to see a page that lists requests. */
const VIEWS = { analytics: 'Analytics', records: 'Requests' };

export class PageView {
  /** @param {object} page  a dashboard of dashboards.js */
  constructor(page) {
    this.page = page;
    this.parts = [];
    const { view } = current();
    const records = page.records && view === 'records';
    this.note = h('div', {});
    this.foldedAtFirst = page.sections.filter((section) => section.folded).map((section) => section.id);
    this.element = h('div', { class: `page page-${page.id}` }, this.headline(), page.variables.length > 0 && this.add(new VariableBar(page.variables)).element, this.note, records ? this.recordsView() : page.sections.map((section) => this.section(section)),
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
      page.records && h('nav', { class: 'choice views', 'aria-label': 'View' },
        Object.entries(VIEWS).map(([view, label]) => h('a',
          { ...linkTo(() => ({ view, sort: '-time' })), 'aria-current': current().view === view ? 'page' : null },
          label,
        )),
      ));
  }

  recordsView() {
    return h('div', { class: 'section-panels' }, this.panel(this.page.records, 2, 'grid'));
  }

  panel(spec, level, layout) {
    const panel = this.add(new Panel(spec, level, this.page.variables));
    const columns = layout === 'stats' ? Math.max(1, Math.round(spec.width / 2)) : spec.width;
    panel.element.classList.add(widthClass(columns, layout));
    panel.element.style.setProperty('--columns', columns);
    return panel.element;
  }

  section(section) {
    const panels = h('div',
      { class: `section-panels ${section.layout === 'stats' ? 'stats' : ''}`, id: `section-${section.id}`, style: section.layout === 'stats' ? cells(section.panels) : {} },
      section.panels.map((spec) => this.panel(spec, section.title ? 3 : 2, section.layout)),
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
    // The URL names the sections that stand otherwise than their dashboard has them.
    const folded = current().folded.includes(element.dataset.section) !== this.foldedAtFirst.includes(element.dataset.section);
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

/** How a panel of so many columns behaves where there is less room. */
function widthClass(columns, layout) {
  if (layout === 'stats') return 'width-stat';
  return columns > 8 ? 'width-full' : columns > 4 ? 'width-half' : 'width-third';
}

/** Places in a row of figures: all of them where there is room, half of them in two rows where there is less. */
function cells(panels) {
  const total = panels.reduce((sum, { width }) => sum + Math.max(1, Math.round(width / 2)), 0);
  return { '--cells': total <= 10 ? total : Math.ceil(total / 2), '--cells-narrow': total <= 6 ? total : Math.ceil(total / 2) };
}
