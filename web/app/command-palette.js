// Everything that the page can do, found by typing: pages, panels, ranges, saved views, filters, actions. Opens with Ctrl+K.

import { keepOnly } from './actions.js';
import { openAnnotations } from './annotations/annotation-list.js';
import { findCommands } from './command-search.js';
import { h, replace } from './dom.js';
import { allFields, loadFields } from './fields.js';
import { toggleHelp } from './help.js';
import { icon } from './icons.js';
import { openRefreshChoice, togglePause } from './live-pill.js';
import { LEAVING, pageGroups } from './navigation.js';
import { exportPageCSV, exportPageJSON, exportPagePicture, printPage } from './page-export.js';
import { pagePanels } from './panel-registry.js';
import { openDialog } from './popover.js';
import { rangeBack } from './range-history.js';
import { copyRange, openCompare, openRange, pasteRange, shiftBy, widen } from './range-picker.js';
import { demand } from './refresher.js';
import { savedViews, stateOfView } from './requests/saved-views.js';
import { current, navigate } from './router.js';
import { openShare, toggleKiosk } from './share/share-dialog.js';
import { setMarking } from './spans.js';
import { setTheme } from './theme.js';
import { CALENDAR_RANGES, QUICK_RANGES } from './time-range.js';

/** Shown at once; more are found by typing on. */
const SHOWN_MAX = 60;
/** Fields and values offered as filters. */
const FILTER_FIELDS = ['provider', 'model', 'client', 'path', 'status_class', 'error_type', 'operation'];
const FILTER_VALUES_MAX = 25;

let opened = false;

/** Opens the palette. */
export function openCommands() {
  if (opened) return;
  opened = true;
  const input = h('input', {
    type: 'text', class: 'command-input', role: 'combobox', placeholder: 'Go to, filter, do \u2026', 'aria-label': 'Commands', 'aria-expanded': 'true', 'aria-controls': 'command-list', 'aria-autocomplete': 'list',
    autocomplete: 'off', spellcheck: 'false',
  });
  const list = h('ul', { id: 'command-list', class: 'command-list', role: 'listbox', 'aria-label': 'Commands' });
  const close = openDialog('Commands', h('div', { class: 'command-box' }, input, list), { className: 'dialog-commands', onclose: () => { opened = false; } });
  let commands = allCommands();
  let found = [];
  let at = 0;
  const mark = (index) => {
    at = index;
    for (const [other, item] of [...list.querySelectorAll('[role=option]')].entries()) {
      item.setAttribute('aria-selected', String(other === at));
      if (other === at) item.scrollIntoView({ block: 'nearest' });
    }
    input.setAttribute('aria-activedescendant', `command-${at}`);
  };
  const run = (command) => {
    close();
    // After the dialog has given the focus back: what opens next wants it.
    setTimeout(() => command.run(), 0);
  };
  const draw = () => {
    found = findCommands(commands, input.value, SHOWN_MAX);
    let group = '';
    replace(list, found.map((command, index) => {
      const heading = command.group !== group && h('li', { class: 'command-group', role: 'presentation' }, command.group);
      group = command.group;
      return [heading, h('li', {
        id: `command-${index}`, class: 'command', role: 'option', 'aria-selected': 'false', onclick: () => run(command), onpointermove: () => { if (at !== index) mark(index); },
      }, icon(command.icon ?? 'right'), h('span', { class: 'command-label' }, command.label), command.detail && h('span', { class: 'muted' }, command.detail), command.keys && h('kbd', {}, command.keys))];
    }), found.length === 0 && h('li', { class: 'muted command' }, 'Nothing of that name'));
    mark(0);
  };
  input.addEventListener('input', draw);
  input.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (step && found.length) { event.preventDefault(); mark((at + step + found.length * 8) % found.length); }
    if (event.key === 'Enter' && found[at]) { event.preventDefault(); run(found[at]); }
  });
  draw();
  input.focus();
  loadFields().then(() => { commands = allCommands(); draw(); }, () => {});
}

function allCommands() {
  return [...pages(), ...panels(), ...ranges(), ...views(), ...actions(), ...filters()];
}

function pages() {
  return pageGroups().flatMap(({ name, pages: some }) => some.map((page) => ({ group: 'Pages', label: page.title, detail: name, words: page.question, icon: 'open', run: () => navigate({ ...LEAVING, page: page.id }) })));
}

function panels() {
  return pagePanels().map((panel) => ({
    group: 'Panels of this page', label: panel.spec.title, words: panel.spec.question, icon: 'table',
    run: () => { panel.element.scrollIntoView({ block: 'center' }); panel.element.querySelector('.panel-more').focus(); },
  }));
}

function ranges() {
  const quick = QUICK_RANGES.map(([from, label]) => ({ label, range: { from, to: 'now' } }));
  const calendar = CALENDAR_RANGES.map(([from, to, label]) => ({ label, range: { from, to } }));
  return [...quick, ...calendar].map(({ label, range }) => ({ group: 'Time range', label, icon: 'clock', run: () => navigate(range) }));
}

function views() {
  return savedViews().map((view) => ({ group: 'Saved views', label: view.name, icon: 'star', run: () => navigate(stateOfView(view)) }));
}

function filters() {
  const named = new Map(allFields().map((field) => [field.name, field]));
  return FILTER_FIELDS.flatMap((name) => (named.get(name)?.values ?? []).slice(0, FILTER_VALUES_MAX).map(({ value }) => ({
    group: 'Filter', label: `${name}: ${value}`, icon: 'filter', run: () => keepOnly(name, value),
  })));
}

function actions() {
  const item = (label, sign, keys, run) => ({ group: 'Actions', label, icon: sign, keys, run });
  const byRange = (id) => document.getElementById(id);
  return [
    item('Refresh now', 'refresh', 'r', () => demand('now')), item('Pause or resume', 'pause', 'space', togglePause), item('Refresh every \u2026', 'refresh', '', () => openRefreshChoice(byRange('refresh-every'))),
    item('Time range \u2026', 'clock', 't', () => openRange(byRange('range'))), item('Earlier', 'left', '[', () => shiftBy(-1)), item('Later', 'right', ']', () => shiftBy(1)),
    item('Zoom out', 'zoomOut', 'z', widen), item('Back to the range before', 'zoomOut', 'Ctrl+Z', rangeBack), item('Copy the time range', 'copy', 't c', copyRange), item('Paste a time range', 'copy', 't v', pasteRange),
    item('Compare with \u2026', 'swap', 'c', () => openCompare(byRange('compare'))), item('Mark a span: what changed?', 'swap', 'm', () => setMarking(true)), item('Annotations', 'note', 'n', openAnnotations),
    item('Share or keep as a snapshot', 'share', 's', openShare), item('Kiosk: panels alone', 'screen', 'K', toggleKiosk), item('Clear the filter', 'filter', '', () => navigate({ where: '' })),
    item('Picture of the page (PNG)', 'image', '', () => exportPagePicture('png')), item('Picture of the page (SVG)', 'image', '', () => exportPagePicture('svg')), item('Tables of the page (CSV)', 'download', '', exportPageCSV), item('Answers of the page (JSON)', 'download', '', exportPageJSON),
    item('Print', 'download', '', printPage), item('Light theme', 'sun', '', () => setTheme('light')), item('Dark theme', 'moon', '', () => setTheme('dark')), item('Theme as the system', 'system', '', () => setTheme('system')),
    item('Keys and help', 'help', '?', toggleHelp), item('Close what is open', 'close', 'Esc', () => navigate({ open: '', full: '', span: '', measure: '', within: '' })),
    ...(current().kiosk ? [item('Leave kiosk', 'screen', 'Esc', toggleKiosk)] : []),
  ];
}
