// The kinds of annotation: their names, icons and colours, and what of them is drawn. Pure.

/** Kinds that people and deployments write, in the order of choices; and the alerts, which are drawn alike. */
export const ANNOTATION_KINDS = {
  deployment: { label: 'Deployments', one: 'Deployment', icon: 'flag' },
  config: { label: 'Config changes', one: 'Config change', icon: 'gear' },
  maintenance: { label: 'Maintenance', one: 'Maintenance', icon: 'tools' },
  note: { label: 'Notes', one: 'Note', icon: 'note' },
};

/** An annotation as charts draw it: `{id, from, to, kind, title, text, tags}`, times in ms, `to` equal to `from` for an instant. */
export function spanOfAnnotation(annotation) {
  const from = Date.parse(annotation.time);
  const to = annotation.time_end ? Date.parse(annotation.time_end) : from;
  const kind = ANNOTATION_KINDS[annotation.kind] ? annotation.kind : 'note';
  return { id: annotation.id, from, to: Math.max(from, to), kind, title: annotation.title || annotation.text || ANNOTATION_KINDS[kind].one, text: annotation.text ?? '', tags: annotation.tags ?? [] };
}

/** Those of `spans` that are shown in the range and not hidden, earliest first, at most `max`. */
export function shownSpans(spans, { from, to }, hidden, max) {
  return spans.filter((span) => span.to >= from && span.from < to && !hidden.includes(span.kind)).sort((a, b) => a.from - b.from).slice(-max);
}

/** What happened in the time from `from` to `to`, in words; empty where nothing did. At most `max` are named. */
export function duringText(spans, from, to, max) {
  const names = spans.filter((span) => span.from < to && span.to >= from).map((span) => `${ANNOTATION_KINDS[span.kind].one}: ${span.title}`);
  if (names.length <= max) return names.join('. ');
  return `${names.slice(0, max).join('. ')}. And ${names.length - max} more`;
}
