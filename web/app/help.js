// The overlay of keys and of the filter language.

import { h } from './dom.js';
import { openDialog } from './popover.js';

const KEYS = [
  [
    'Anywhere',
    [
      ['/', 'Filter'],
      ['?', 'This help'],
      ['t', 'Time range'],
      ['[  ]', 'Earlier, later'],
      ['z', 'Zoom out'],
      ['r', 'Refresh'],
      ['space', 'Pause or resume'],
      ['g o', 'Overview'],
      ['g r', 'Request analytics'],
      ['g l', 'List of requests'],
      ['g a', 'Alerts'],
      ['g e', 'Explore'],
    ],
  ],
  [
    'Charts',
    [
      ['drag', 'Zoom; Back undoes it'],
      ['click', 'The requests behind a bar or point'],
      ['\u2190 \u2192', 'Move over time'],
      ['Enter', 'The requests of that time'],
      ['v', 'Full screen of the panel under the pointer or focus'],
      ['click a name', 'Only this series; Ctrl or Shift: show or hide'],
    ],
  ],
  ['Requests', [['j  k', 'Next, previous'], ['Esc', 'Close'], ['point at a value', 'Filter for it or filter it out']]],
];
const FILTERS = [
  ['provider: openai', 'is'], ['model: gpt-*', 'begins with'], ['client: (search or mobile)', 'one of'], ['not client: batch-*', 'is not'], ['status >= 500', 'at least'], ['duration > 2s', 'slower than'], ['error_type: *', 'has a value'],
  ['provider: openai and (status: 429 or status >= 500)', 'both'],
];

/** Opens the help, or closes it when it is open. */
export function toggleHelp() {
  const open = document.querySelector('dialog.dialog-help');
  if (open) { open.close(); return; }
  openDialog('Help', h('div', { class: 'help' },
    KEYS.map(([name, keys]) => h('section', {},
      h('h3', {}, name),
      h('dl', {}, keys.map(([key, text]) => h('div', {}, h('dt', {}, key.split('  ').map((part) => h('kbd', {}, part))), h('dd', {}, text)))),
    )),
    h('section', {},
      h('h3', {}, 'Filter'),
      h('dl', {}, FILTERS.map(([text, meaning]) => h('div', {}, h('dt', {}, h('code', {}, text)), h('dd', {}, meaning)))),
    )), { className: 'dialog-wide dialog-help' });
}
