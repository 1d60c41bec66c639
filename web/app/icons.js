// The few icons of the page, as paths on a 16 x 16 grid; strokes take the colour of the text around them.

import { svg } from './dom.js';

const PATHS = {
  play: 'M5 3.5v9l7.5-4.5z', pause: 'M5.5 3.5v9M10.5 3.5v9', left: 'M10 3.5 5.5 8l4.5 4.5', right: 'M6 3.5 10.5 8 6 12.5', down: 'M4 6.5 8 10.5l4-4',
  zoomOut: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3 14 14M5 7h4', close: 'M4 4l8 8M12 4l-8 8', more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  info: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 7.3V11M8 5h.01', search: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3 14 14',
  clock: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 4.8V8l2.2 1.6', help: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM6.2 6.3c.2-1 1-1.5 1.9-1.5 1 0 1.8.6 1.8 1.6 0 1.4-1.9 1.4-1.9 2.7M8 11.3h.01',
  sun: 'M8 10.7a2.7 2.7 0 1 0 0-5.4 2.7 2.7 0 0 0 0 5.4zM8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M12.6 3.4l-.9.9M4.3 11.7l-.9.9',
  moon: 'M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8z', system: 'M2.5 3.5h11v7h-11zM6 13.5h4M8 10.5v3',
  plus: 'M8 3.5v9M3.5 8h9', minus: 'M3.5 8h9', copy: 'M5.5 5.5h7.5v8H5.5zM3 10.5v-8h7.5', link: 'M6.8 9.2l2.4-2.4M7.4 4.8l1.3-1.3a2.7 2.7 0 0 1 3.8 3.8l-1.3 1.3M8.6 11.2l-1.3 1.3a2.7 2.7 0 0 1-3.8-3.8l1.3-1.3',
  ok: 'M3.5 8.5 6.5 11.5l6-7', warning: 'M8 2.5 14.3 13.5H1.7zM8 6.5v3.2M8 11.7h.01', critical: 'M5.5 2h5L14 5.5v5L10.5 14h-5L2 10.5v-5zM5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4',
  none: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM4 12 12 4', full: 'M2.5 6V2.5H6M10 2.5h3.5V6M13.5 10v3.5H10M6 13.5H2.5V10', table: 'M2.5 3h11v10h-11zM2.5 6.3h11M2.5 9.7h11M6.5 6.3V13',
  code: 'M5.5 4.5 2 8l3.5 3.5M10.5 4.5 14 8l-3.5 3.5', download: 'M8 2.5v8M4.7 7.3 8 10.5l3.3-3.2M2.5 13.5h11', image: 'M2.5 3h11v10h-11zM2.5 11l3.2-3.2 2.3 2.3 2.2-2.6 3.3 3.5M5.6 6h.01',
  filter: 'M2 3.5h12L9.5 8.7v4.1l-3-1.3V8.7z', columns: 'M2.5 3h11v10h-11zM6.2 3v10M9.8 3v10', up: 'M4 9.5 8 5.5l4 4', refresh: 'M13 8a5 5 0 1 1-1.6-3.7M13.2 2.3v2.5h-2.5',
  note: 'M3 2.5h10v8l-3 3H3zM10 13.5v-3h3M5.5 5.5h5M5.5 8h3', flag: 'M4 14V2.5M4 3h8l-1.8 2.8L12 8.5H4', gear: 'M8 10.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4zM8 1.8v2M8 12.2v2M1.8 8h2M12.2 8h2M3.6 3.6 5 5M11 11l1.4 1.4M12.4 3.6 11 5M5 11l-1.4 1.4', tools: 'M13.2 4.6a3.4 3.4 0 0 1-4.6 4.2l-4.4 4.4-1.6-1.6L7 7.2a3.4 3.4 0 0 1 4.2-4.4L9.2 4.8l2 2z',
  star: 'M8 2.2l1.8 3.7 4 .6-2.9 2.8.7 4L8 11.4l-3.6 1.9.7-4L2.2 6.5l4-.6z', share: 'M11.5 5.5a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6zM4.5 9.8a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6zM11.5 14.1a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6zM6.1 7.1l3.8-2.3M6.1 8.9l3.8 2.3', screen: 'M1.8 3h12.4v8H1.8zM5.5 13.5h5', rows: 'M2.5 4h11M2.5 8h11M2.5 12h11',
  list: 'M5.5 4h8M5.5 8h8M5.5 12h8M2.5 4h.01M2.5 8h.01M2.5 12h.01', open: 'M6.5 3h-4v10.5H13V9.5M9 2.5h4.5V7M13.3 2.7 7.5 8.5', swap: 'M3 5.5h9.5M10 3l2.5 2.5L10 8M13 10.5H3.5M6 8l-2.5 2.5L6 13',
};

/** The icon `name`, hidden from screen readers: the words beside it or the button's label say the same. */
export function icon(name) {
  return svg('svg', { class: `icon icon-${name}`, viewBox: '0 0 16 16', 'aria-hidden': 'true', focusable: 'false' }, svg('path', { d: PATHS[name] }));
}
