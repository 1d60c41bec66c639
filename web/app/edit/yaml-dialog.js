// A dashboard's file as text: what is wrong with it is told at its line.

import { debounce, h, replace } from '../dom.js';
import { openDialog } from '../popover.js';
import { faultsOf } from './dashboard-files.js';

/**
 * @param {string} text  the file
 * @param {(text: string) => Promise<void>} save  rejects with ApiError where it cannot be
 */
export function openYAML(title, text, save) {
  const area = h('textarea', { class: 'yaml', spellcheck: 'false', autocapitalize: 'off', autocomplete: 'off', 'aria-label': 'The file of the page, YAML', 'aria-describedby': 'yaml-faults', rows: '26' });
  area.value = text;
  const faults = h('ul', { class: 'yaml-faults', id: 'yaml-faults', 'aria-live': 'polite' });
  const button = h('button', { type: 'button', class: 'button primary', onclick: () => store() }, 'Save');
  const close = openDialog(title, h('div', { class: 'yaml-editor' }, area, faults,
    h('div', { class: 'form-foot' }, h('button', { type: 'button', class: 'button', onclick: () => close() }, 'Cancel'), button)), { className: 'dialog-wide' });
  const show = (list) => {
    button.disabled = list.length > 0;
    replace(faults, list.map((fault) => h('li', {},
      h('button', { type: 'button', class: 'link', onclick: () => goTo(area, fault) }, fault.line ? `Line ${fault.line}` : 'The file'), ` ${fault.message}${fault.hint ? `; ${fault.hint}` : ''}`)));
  };
  const check = debounce(async () => {
    try { show(await faultsOf(area.value)); } catch (error) { show([{ line: 0, message: error.message }]); }
  }, 300);
  area.addEventListener('input', check);
  area.addEventListener('keydown', (event) => {
    if (event.key !== 's' || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    if (!button.disabled) store();
  });
  async function store() {
    try {
      const found = await faultsOf(area.value);
      if (found.length > 0) { show(found); return; }
      await save(area.value);
      close();
    } catch (error) { show([{ line: error.position?.line ?? 0, column: error.position?.column ?? 0, message: error.message, hint: error.hint }]); }
  }
  check();
  area.focus();
  area.setSelectionRange(0, 0);
}

function goTo(area, { line, column }) {
  const before = area.value.split('\n').slice(0, Math.max(0, line - 1));
  const start = before.reduce((sum, text) => sum + text.length + 1, 0);
  area.focus();
  area.setSelectionRange(start + Math.max(0, column - 1), start + (area.value.split('\n')[line - 1] ?? '').length);
  area.scrollTop = (line - 4) * (parseFloat(getComputedStyle(area).lineHeight) || 18);
}
