// The frame of a panel: title, description, menu, and the states around a chart (first load, loading, error, empty, partial).
// What is inside is a kind (charts/): `queries(panel, wish, pixels)` says what to ask, `create(host, panel)` draws the answers.

import { errorNotice, completenessNote, emptyNotice, outdatedNote, skeleton } from './panel-states.js';
import { kindOf } from './charts/kinds.js';
import { fetchLibrary } from './charts/library.js';
import { completenessMark } from './completeness-mark.js';
import { h, replace } from './dom.js';
import { both } from './filter-text.js';
import { icon } from './icons.js';
import { openDescription, openPanelMenu } from './panel-menu.js';
import { register } from './panel-registry.js';
import { panelTable } from './panel-table.js';
import { seriesMark } from './series/series-mark.js';
import { addPanel, demand } from './refresher.js';
import { current, navigate, onNavigate } from './router.js';
import { onThemeChange } from './theme.js';
import { variableClause, variableValues } from './variables.js';

/** Old data is dimmed only when the new takes longer than this: a flicker on each quick refresh would disturb. */
const SLOW_MS = 700;
/** Kinds that the library paints; it is fetched while their first answers are. */
const PAINTED = new Set(['time', 'capacity', 'donut', 'heatmap', 'histogram', 'map', 'quantiles', 'scatter']);
/** How far below the screen panels are loaded ahead. */
const AHEAD = '240px';

export class Panel {
  /**
   * @param {object} spec  a panel of dashboards.js
   * @param {number} level  of its heading: 2 directly on a page, 3 in a titled section
   * @param {object[]} variables  of its dashboard
   */
  constructor(spec, level = 3, variables = []) {
    this.spec = { ...spec, ...(spec.query && { query: { ...spec.query } }) };
    this.where = spec.query?.where ?? '';
    this.variables = variables;
    this.level = level;
    this.kind = kindOf(spec.chart);
    this.stale = true;
    /** Whether it is in view, null before the browser has said so. */
    this.inView = null;
    /** Wanted though it is not in view, for files of the whole page. */
    this.ahead = false;
    this.hasData = false;
    this.build();
    this.watchView();
    this.stops = [addPanel(this), register(this), () => this.complete?.stop(), onNavigate((state, changed) => this.navigated(changed))];
    onThemeChange(() => { if (this.hasData) this.paint(); });
    this.navigated(new Set(['full']));
  }

  build() {
    const { spec } = this;
    const titleId = `title-${spec.id}`;
    this.tools = h('div', { class: 'panel-tools' });
    this.complete = this.kind.queries && this.kind.ofRequests !== false && !spec.promql?.length ? completenessMark({ brief: spec.chart === 'stat' }) : null;
    this.body = h('div', { class: 'panel-body' });
    this.chartHost = h('div', { class: 'panel-chart' });
    this.over = h('div', { class: 'panel-over' }, skeleton(spec.chart));
    this.notes = h('div', { class: 'panel-notes' });
    this.body.append(this.chartHost, this.over);
    this.element = h('section', {
      class: `panel panel-${spec.chart}`,
      id: `panel-${spec.id}`,
      'aria-labelledby': titleId,
      dataset: { panel: spec.id },
      style: spec.height ? { '--height': `${spec.height}px` } : {},
    },
      h('div', { class: 'progress', 'aria-hidden': 'true' }),
      h('header', { class: 'panel-head' }, h(`h${this.level}`, { id: titleId }, spec.title), this.unitTag(),
        h('button',
          {
            type: 'button',
            class: 'icon-button quiet',
            'aria-label': `About ${spec.title}`,
            onclick: (event) => openDescription(event.currentTarget, spec),
          },
          icon('info'),
        ),
        this.complete ? this.complete.element : spec.promql?.length > 0 && seriesMark(),
        this.tools,
        h('button', { type: 'button', class: 'button small panel-leave', onclick: () => navigate({ full: '' }) }, icon('close'), 'Leave full screen'),
        h('button',
          {
            type: 'button',
            class: 'icon-button quiet panel-more',
            'aria-label': `Menu of ${spec.title}`,
            'aria-haspopup': 'menu',
            onclick: (event) => openPanelMenu(event.currentTarget, this),
          },
          icon('more'),
        )),
      this.body, this.notes);
    this.view = this.kind.create(this.chartHost, spec);
    this.chartHost.hidden = true;
    this.drawTools();
  }

  unitTag() {
    const unit = { 'req/s': 'req/s', 'tok/s': 'tok/s', '{token}': 'tokens' }[this.spec.unit];
    return unit && this.spec.chart === 'time' ? h('span', { class: 'panel-unit' }, unit) : null;
  }

  drawTools() {
    const tools = this.kind.tools?.(this.spec);
    replace(this.tools, tools);
  }

  watchView() {
    this.observer = new IntersectionObserver(([entry]) => {
      const came = this.inView === null || (entry.isIntersecting && !this.inView);
      this.inView = entry.isIntersecting;
      if (came && this.stale) demand('new');
      if (came && this.inView && PAINTED.has(this.spec.chart)) fetchLibrary();
    }, { rootMargin: AHEAD });
    this.observer.observe(this.element);
  }

  isVisible() {
    return (this.inView || this.ahead) && this.element.isConnected && Boolean(this.kind.queries) && (!current().full || current().full === this.spec.id);
  }

  queries(wish) {
    // In the panel's own filter, so that what a click leads to is narrowed as the figures are.
    if (this.spec.query) this.spec.query.where = both(variableClause(this.variables, this.spec), this.where);
    const asked = { ...wish, variables: variableValues(this.variables) };
    this.lastQueries = this.kind.queries(this.spec, asked, this.body.clientWidth || 480);
    return this.lastQueries;
  }

  /** The question to the requests whose answer is the panel's CSV, the bucketed one where there is one; undefined where there is none. */
  csvQuery() {
    const queries = (this.lastQueries ?? []).filter((query) => query.measures);
    if (queries.length && this.kind.csv) return this.kind.csv(queries);
    return queries.find((query) => query.every) ?? queries[0];
  }

  setLoading(on) {
    this.element.classList.toggle('loading', on);
    this.element.setAttribute('aria-busy', String(on));
    clearTimeout(this.slow);
    if (on) this.slow = setTimeout(() => this.element.classList.add('slow'), SLOW_MS);
    else this.element.classList.remove('slow');
  }

  accept(answers) {
    this.hasData = true;
    this.answers = answers;
    this.error = null;
    this.answered = this.question();
    this.element.classList.remove('outdated');
    this.chartHost.hidden = false;
    this.view.update(answers);
    this.settle();
    replace(this.notes, completenessNote(answers[0]?.completeness));
  }

  fail(error) {
    // A failed refresh keeps the old figures, marked; figures of another question must not stand there as if they answered this one.
    if (this.hasData && !this.error && this.answered === this.question()) {
      this.element.classList.add('outdated');
      replace(this.notes, outdatedNote(error));
      return;
    }
    this.error = error;
    this.hasData = false;
    this.element.classList.remove('outdated');
    replace(this.notes);
    this.settle();
  }

  /** What the panel is asked at the moment, apart from the passing of time. */
  question() {
    const { from, to, tz, where, compare, overlay, option, vars } = current();
    return JSON.stringify([from, to, tz, where, compare, overlay, option[this.spec.id], vars]);
  }

  /** Shows the chart, the table, the error or the emptiness, whichever holds. */
  settle() {
    const asTable = current().table.includes(this.spec.id) && this.hasData && !this.error;
    const empty = this.hasData && this.view.isEmpty();
    this.chartHost.classList.toggle('covered', Boolean(this.error) || empty || asTable);
    this.chartHost.inert = Boolean(this.error) || empty || asTable;
    this.over.hidden = !this.error && !empty && !asTable && this.hasData;
    const position = this.over.querySelector('.panel-table')?.scrollTop ?? 0;
    if (this.error) replace(this.over, errorNotice(this.error));
    else if (empty) replace(this.over, emptyNotice(this.spec));
    else if (asTable) { replace(this.over, panelTable(this.view.table(), this.spec.title)); this.over.firstElementChild.scrollTop = position; }
  }

  paint() {
    this.view.paint?.();
    this.settle();
  }

  navigated(changed) {
    const { full } = current();
    if (changed.has('full')) {
      const on = full === this.spec.id;
      this.element.classList.toggle('full', on);
      if (on) this.element.querySelector('.panel-more').focus({ preventScroll: true });
    }
    if (changed.has('option')) this.drawTools();
    if (this.hasData && ['only', 'table', 'legend', 'bare', 'examples'].some((key) => changed.has(key))) this.paint();
  }

  destroy() {
    for (const stop of this.stops) stop();
    this.observer.disconnect();
    this.view.destroy();
  }
}
