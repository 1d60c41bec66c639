// Editing a page: its panels with handles, a bar above them, and steps that can be taken back. What is saved is the dashboard's file.

import { loadDashboards } from '../dashboards.js';
import { h, replace } from '../dom.js';
import { icon } from '../icons.js';
import { PageView } from '../page-view.js';
import { openDialog, toast } from '../popover.js';
import { demand } from '../refresher.js';
import { differenceOf, saveDashboard, textOf } from './dashboard-files.js';
import { diffView } from './diff-view.js';
import { added, duplicated, fileOf, freeId, moved, movedTo, panelOf, removed, replaced, resized, slug, withSection, withSectionChange, withSectionMoved, withoutSection } from './draft.js';
import { guardLeaving } from './leave-guard.js';
import { openPageForm } from './page-form.js';
import { openPanelForm } from './panel-form.js';
import { newPanel } from './panel-values.js';
import { openVersions } from './versions-dialog.js';
import { openYAML } from './yaml-dialog.js';

/** Steps that can be taken back. */
const STEPS_MAX = 100;

export class Editor {
  /** @param {object} page  the DashboardPage: `{dashboard, reload(), show(dashboard)}`; leaving calls `page.show` or `page.reload` */
  constructor(page) {
    this.page = page;
    this.saved = page.dashboard;
    this.draft = page.dashboard;
    this.steps = [];
    this.element = h('div', { class: 'editing' });
    guardLeaving(() => this.isDirty());
    this.onkey = (event) => this.key(event);
    document.addEventListener('keydown', this.onkey, true);
    this.draw();
  }

  isDirty() {
    return this.draft !== this.saved;
  }

  /** Takes a step to another dashboard; `focus` names what has the focus afterwards, as a selector. */
  become(draft, focus) {
    if (draft === this.draft) return;
    this.steps = [...this.steps.slice(-STEPS_MAX + 1), this.draft];
    this.draft = draft;
    this.draw(focus);
  }

  undo() {
    const before = this.steps.pop();
    if (!before) return;
    this.draft = before;
    this.draw('.edit-undo');
  }

  draw(focus) {
    const scroll = scrollY;
    this.view?.destroy();
    this.view = new PageView({ ...this.draft, sections: this.draft.sections.map((section) => ({ ...section, folded: false })) });
    replace(this.element, this.bar(), this.view.element);
    for (const [index, section] of this.draft.sections.entries()) this.decorate(section, index);
    scrollTo(0, scroll);
    demand('new');
    if (focus) this.element.querySelector(focus)?.focus({ preventScroll: true });
  }

  bar() {
    const count = this.steps.length;
    const button = (name, label, act, more = {}) => h('button', { type: 'button', class: `button small ${more.class ?? ''}`, disabled: more.disabled, title: more.title, onclick: act }, name && icon(name), label);
    return h('div', { class: 'edit-bar', role: 'toolbar', 'aria-label': 'Editing' },
      h('strong', {}, 'Editing'),
      button('plus', 'Panel', () => this.addPanel(), { class: 'edit-add' }), button('plus', 'Section', () => this.addSection()),
      button('note', 'Page', () => this.pageForm()), button('code', 'YAML', () => this.yaml()), button('clock', 'Versions', () => this.versions()),
      button('swap', 'Undo', () => this.undo(), { class: 'edit-undo', disabled: count === 0, title: 'Ctrl+Z' }),
      h('span', { class: 'edit-state muted', role: 'status' }, this.isDirty() ? 'Not saved' : this.draft.version ? `Version ${this.draft.version}` : this.draft.origin === 'shipped' ? 'As shipped' : ''),
      button('close', 'Leave', () => this.leave(), { class: 'edit-leave' }), button('ok', 'Save', () => this.save(), { class: 'primary edit-save', disabled: !this.isDirty(), title: 'Ctrl+S' }));
  }

  // MARK: Handles

  decorate(section, index) {
    const host = this.element.querySelector(`#section-${CSS.escape(section.id)}`);
    host.before(this.sectionBar(section, index));
    if (section.panels.length === 0) host.append(h('p', { class: 'edit-empty muted' }, 'No panels yet: drop one here, or add one.'));
    this.dropTarget(host, () => [index, this.draft.sections[index].panels.length]);
    for (const panel of section.panels) this.decoratePanel(panel, host.querySelector(`#panel-${CSS.escape(panel.id)}`), index);
  }

  sectionBar(section, index) {
    const name = section.title ?? section.id;
    const button = (label, glyph, act, disabled) => h('button', { type: 'button', class: 'icon-button', 'aria-label': `${label} section ${name}`, title: label, disabled, onclick: act }, glyph);
    return h('div', { class: 'edit-section', dataset: { section: section.id } }, h('span', { class: 'muted' }, `Section: ${name}${section.folded ? ' (folded at first)' : ''}`),
      button('Change', icon('note'), () => this.sectionForm(index)), button('Add a panel to', icon('plus'), () => this.addPanel(index)),
      button('Move up', '\u2191', () => this.become(withSectionMoved(this.draft, index, -1), `.edit-section[data-section="${section.id}"] button`), index === 0),
      button('Move down', '\u2193', () => this.become(withSectionMoved(this.draft, index, 1), `.edit-section[data-section="${section.id}"] button`), index === this.draft.sections.length - 1),
      button('Delete', icon('close'), () => { if (section.panels.length === 0 || confirm(`Delete the section ${name} with its ${section.panels.length} panels?`)) this.become(withoutSection(this.draft, index), '.edit-add'); }, this.draft.sections.length === 1));
  }

  decoratePanel(panel, element, section) {
    const keep = (act) => `[data-panel="${panel.id}"] [data-act="${act}"]`;
    const button = (act, label, glyph, run) => h('button', { type: 'button', class: 'icon-button', dataset: { act }, 'aria-label': `${label} ${panel.title}`, title: label, onclick: run }, glyph);
    const bar = h('div', { class: 'edit-handles', role: 'group', 'aria-label': `Edit ${panel.title}`, onkeydown: (event) => this.handleKey(event, panel.id, keep) },
      h('span', { class: 'edit-grip', draggable: 'true', title: 'Drag to move', 'aria-hidden': 'true' }, '\u2630'),
      button('earlier', 'Move earlier', '\u2190', () => this.become(moved(this.draft, panel.id, -1), keep('earlier'))), button('later', 'Move later', '\u2192', () => this.become(moved(this.draft, panel.id, 1), keep('later'))),
      button('narrower', 'Narrower', icon('minus'), () => this.become(resized(this.draft, panel.id, -1), keep('narrower'))), button('wider', 'Wider', icon('plus'), () => this.become(resized(this.draft, panel.id, 1), keep('wider'))),
      h('span', { class: 'edit-width muted' }, `${panel.width}/12`),
      button('edit', 'Edit', icon('note'), () => this.editPanel(panel.id)), button('copy', 'Duplicate', icon('copy'), () => { const copy = duplicated(this.draft, panel.id); this.become(copy.dashboard, `[data-panel="${copy.id}"] [data-act="edit"]`); }),
      button('delete', 'Delete', icon('close'), () => { this.become(removed(this.draft, panel.id), '.edit-undo'); toast(`${panel.title} is deleted; Undo brings it back`); }));
    element.prepend(bar);
    const grip = bar.querySelector('.edit-grip');
    grip.addEventListener('dragstart', (event) => { this.dragged = panel.id; event.dataTransfer.setData('text/plain', panel.id); event.dataTransfer.effectAllowed = 'move'; event.dataTransfer.setDragImage(element, 20, 20); });
    grip.addEventListener('dragend', () => { this.dragged = null; });
    this.dropTarget(element, () => [section, withoutDragged(this.draft.sections[section].panels, this.dragged).findIndex(({ id }) => id === panel.id)]);
  }

  dropTarget(element, place) {
    element.addEventListener('dragover', (event) => {
      if (!this.dragged || element.dataset.panel === this.dragged) return;
      event.preventDefault();
      event.stopPropagation();
      element.classList.add('edit-drop');
    });
    element.addEventListener('dragleave', () => element.classList.remove('edit-drop'));
    element.addEventListener('drop', (event) => {
      if (!this.dragged || element.dataset.panel === this.dragged) return;
      event.preventDefault();
      event.stopPropagation();
      const [section, index] = place();
      const { left, width } = element.getBoundingClientRect();
      const after = event.clientX > left + width / 2 && element.dataset.panel ? 1 : 0;
      this.become(movedTo(this.draft, this.dragged, section, index + after));
      this.dragged = null;
    });
  }

  /** On a panel's handles: arrows move, with Shift they resize; Delete deletes. */
  handleKey(event, id, keep) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const by = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    const act = event.target.dataset.act ?? 'edit';
    if (by) this.become(event.shiftKey ? resized(this.draft, id, by) : moved(this.draft, id, by), keep(act));
    else if (event.key === 'Delete') this.become(removed(this.draft, id), '.edit-undo');
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  key(event) {
    if (!(event.ctrlKey || event.metaKey) || document.querySelector('dialog[open]')) return;
    const key = event.key.toLowerCase();
    if (key === 's' && this.isDirty()) this.save();
    else if (key === 'z' && !event.target.matches('input, textarea')) this.undo();
    else if (key !== 's') return;
    event.preventDefault();
    event.stopPropagation();
  }

  // MARK: Forms

  addPanel(section = this.draft.sections.length - 1) {
    const panel = newPanel(this.draft);
    openPanelForm(panel, {
      dashboard: this.draft, title: 'New panel', withPanel: (next) => fileOf(added(this.draft, section, next)),
      onapply: (next) => { const named = { ...next, id: freeId(this.draft, slug(next.title) || 'panel') }; this.become(added(this.draft, section, named), `[data-panel="${named.id}"] [data-act="edit"]`); this.element.querySelector(`[data-panel="${named.id}"]`)?.scrollIntoView({ block: 'center' }); },
    });
  }

  editPanel(id) {
    openPanelForm(panelOf(this.draft, id), {
      dashboard: this.draft, title: 'Edit panel', withPanel: (next) => fileOf(replaced(this.draft, id, next)),
      onapply: (next) => this.become(replaced(this.draft, id, next), `[data-panel="${id}"] [data-act="edit"]`),
    });
  }

  addSection() {
    ask('New section', [['title', 'Title', '']], ({ title }) => this.become(withSection(this.draft, title.trim() || 'Section'), '.edit-add'));
  }

  sectionForm(index) {
    const section = this.draft.sections[index];
    ask('Section', [['title', 'Title (without one it cannot be folded)', section.title ?? ''], ['folded', 'Folded at first', Boolean(section.folded)], ['stats', 'A row of figures', section.layout === 'stats']],
      ({ title, folded, stats }) => this.become(withSectionChange(this.draft, index, { title: title.trim(), folded, layout: stats ? 'stats' : 'grid' }), `.edit-section[data-section="${section.id}"] button`));
  }

  pageForm() {
    const changed = (changes) => ({ ...this.draft, ...changes });
    openPageForm(this.draft, { fileWith: (changes) => fileOf(changed(changes)), onapply: (changes) => this.become(changed(changes), '.edit-add') });
  }

  async yaml() {
    if (this.isDirty() && !confirm('The text begins with what is saved: your changes that are not saved would be lost. Go on?')) return;
    try {
      const text = await textOf(this.saved.id);
      openYAML(`${this.saved.title}: the file`, text, async (next) => { await saveDashboard(this.saved.id, next, this.saved.version, 'As text'); await this.savedAs(); });
    } catch (error) { toast(error.message); }
  }

  versions() {
    openVersions(this.saved, () => this.savedAs());
  }

  // MARK: Saving

  async save(expected = this.saved.version) {
    try {
      await saveDashboard(this.draft.id, fileOf(this.draft), expected);
      toast('Saved');
      await this.savedAs();
    } catch (error) {
      if (error.status === 409) this.conflict();
      else openDialog('The page cannot be saved', h('p', { role: 'alert' }, `${error.field ? `${error.field}: ` : ''}${error.message}${error.hint ? `; ${error.hint}` : ''}`));
    }
  }

  /** Goes on with what is saved now. */
  async savedAs() {
    await this.page.fetch();
    this.saved = this.page.dashboard;
    this.draft = this.saved;
    this.steps = [];
    this.draw('.edit-add');
    loadDashboards();
  }

  /** Somebody else was faster: shows what they changed, and lets the person choose. */
  async conflict() {
    const before = this.saved.version;
    await this.page.fetch();
    const theirs = this.page.dashboard;
    let diff = '';
    try { diff = await differenceOf(theirs.id, before, theirs.version); } catch { diff = ''; }
    const close = openDialog('Somebody else was faster', h('div', { class: 'conflict' }, h('p', {}, `This page was saved as version ${theirs.version} while you changed version ${before}. What they changed:`), diffView(diff),
      h('div', { class: 'form-foot' }, h('button', { type: 'button', class: 'button', onclick: () => close() }, 'Keep editing'),
        h('button', { type: 'button', class: 'button', onclick: () => { close(); this.savedAs(); } }, 'Take theirs'),
        h('button', { type: 'button', class: 'button primary', onclick: () => { close(); this.save(theirs.version); } }, 'Save mine over it'))), { className: 'dialog-wide' });
  }

  leave() {
    if (this.isDirty() && !confirm('Leave without saving? Your changes of this page would be lost.')) return;
    this.destroy();
    this.page.editor = null;
    this.page.show(this.saved);
  }

  destroy() {
    guardLeaving(() => false);
    document.removeEventListener('keydown', this.onkey, true);
    this.view?.destroy();
  }
}

function withoutDragged(panels, dragged) {
  return panels.filter(({ id }) => id !== dragged);
}

/** Asks for some texts and yes-or-nos: `[[name, label, value]]`. */
export function ask(title, questions, done) {
  const inputs = questions.map(([name, label, value]) => [name, typeof value === 'boolean' ? h('input', { type: 'checkbox', checked: value }) : h('input', { type: 'text', value }), label]);
  const close = openDialog(title, h('form', {
    class: 'panel-form',
    onsubmit: (event) => {
      event.preventDefault();
      close();
      done(Object.fromEntries(inputs.map(([name, input]) => [name, input.type === 'checkbox' ? input.checked : input.value])));
    },
  }, inputs.map(([, input, label]) => (input.type === 'checkbox' ? h('label', { class: 'field-check' }, input, label) : h('label', { class: 'field' }, h('span', {}, label), input))),
  h('div', { class: 'form-foot' }, h('button', { type: 'button', class: 'button', onclick: () => close() }, 'Cancel'), h('button', { type: 'submit', class: 'button primary' }, 'OK'))));
  inputs[0][1].focus();
}
