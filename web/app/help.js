// The overlay of keys and of the filter language.

import { h } from './dom.js';
import { openDialog } from './popover.js';
import { startTour } from './tour.js';

const KEYS = [
  [
    'Anywhere',
    [
      ['Ctrl K', 'Find and do anything'], ['/', 'Filter'], ['?', 'This help'], ['r', 'Refresh'], ['space', 'Pause or resume'], ['c', 'Compare with'], ['m', 'Mark a span: what changed?'], ['E', 'Edit the page'],
      ['n', 'Annotations'], ['s', 'Share, snapshot'], ['K', 'Kiosk: panels alone'], ['Esc', 'Close what is open'],
    ],
  ],
  [
    'Time',
    [['t', 'Time range'], ['t c  t v', 'Copy, paste the range'], ['[  ]', 'Earlier, later'], ['z', 'Zoom out'], ['Ctrl Z', 'Back to the range before']],
  ],
  [
    'Pages',
    [
      ['g o', 'Overview'], ['g r', 'Request analytics'], ['g l', 'List of requests'], ['g a', 'Alerts'], ['g p', 'Performance'], ['g m', 'Models'], ['g c', 'Clients'], ['g h', 'Providers'], ['g d', 'Provider detail'],
      ['g $', 'Cost'], ['g b', 'Business'], ['g f', 'Forecast'], ['g i', 'Infrastructure'], ['g y', 'Capacity'], ['g e', 'Explore'],
    ],
  ],
  [
    'Charts',
    [
      ['drag, pinch', 'Zoom'], ['double click', 'Back, and live again'], ['Alt drag', 'Mark a span: what changed?'], ['click', 'The requests behind a bar or point'], ['Shift click', 'Hold crosshair and figures'],
      ['right click', 'Menu of that time'], ['\u2190 \u2192', 'Move over time; with Shift mark a span'], ['Enter', 'Menu of that time'], ['click a name', 'Only this series; Ctrl or Shift: show or hide'],
    ],
  ],
  [
    'Panel under the pointer or focus',
    [['v', 'Full screen'], ['d', 'Data as a table'], ['e', 'Its query'], ['w', 'Why it changed'], ['p s', 'Share'], ['p l', 'Legend'], ['.', 'Its menu']],
  ],
  ['Lists', [['j  k', 'Next, previous request, alert or panel'], ['Esc', 'Close'], ['point at a value', 'Filter for it or filter it out']]],
];
const FILTERS = [
  ['provider: openai', 'is'], ['model: gpt-*', 'begins with'], ['client: (search or mobile)', 'one of'], ['not client: batch-*', 'is not'], ['status >= 500', 'at least'], ['duration > 2s', 'slower than'], ['error_type: *', 'has a value'],
  ['provider: openai and (status: 429 or status >= 500)', 'both'],
];

/** Opens the help, or closes it when it is open. */
export function toggleHelp() {
  const open = document.querySelector('dialog.dialog-help');
  if (open) { open.close(); return; }
  const close = openDialog('Help', [h('p', {}, h('button', { type: 'button', class: 'button small', onclick: () => { close(); startTour(); } }, 'Take the tour of this page')), h('div', { class: 'help' },
    KEYS.map(([name, keys]) => h('section', {},
      h('h3', {}, name),
      h('dl', {}, keys.map(([key, text]) => h('div', {}, h('dt', {}, key.split('  ').map((part) => h('kbd', {}, part))), h('dd', {}, text)))),
    )),
    h('section', {},
      h('h3', {}, 'Filter'),
      h('dl', {}, FILTERS.map(([text, meaning]) => h('div', {}, h('dt', {}, h('code', {}, text)), h('dd', {}, meaning)))),
    ))], { className: 'dialog-wide dialog-help' });
}
