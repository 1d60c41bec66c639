// What can be done with any instant or span of a chart, whatever the chart shows: explain it, write a note to it.

import { editAnnotation } from '../annotations/annotation-form.js';
import { markSpan } from '../spans.js';

/** The menu items for the time from `from` to `to` (ms). `explain` says what the chart measures of the requests, if it does. */
export function instantItems(from, to, explain) {
  return [
    { label: 'What changed here?', icon: 'swap', onclick: () => markSpan(from, to, explain) },
    { label: 'Add an annotation', icon: 'note', onclick: () => editAnnotation({ time: new Date(from).toISOString(), time_end: null }) },
  ];
}
