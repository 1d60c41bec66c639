// A chart of a name that this page does not know: it says so in its place.

import { h } from '../dom.js';

export const unknownKind = {
  queries: () => [],
  ofRequests: false,
  create: (host, spec) => {
    host.append(h('div', { class: 'notice notice-empty' }, h('p', {}, `This page cannot draw the chart \u201c${spec.chart}\u201d.`)));
    return { update() {}, isEmpty: () => false, table: () => ({ columns: [], rows: [] }), destroy() {} };
  },
};
