// Changes of a dashboard, each as a new dashboard: nothing is changed in place, so that a step can be taken back. Pure.

/** Widths that the narrower and wider buttons step through, in columns of twelve. */
export const WIDTHS = [2, 3, 4, 6, 8, 9, 12];
/** Characters of an id at most. */
const ID_MAX = 60;

/** Where a panel stands: `{section, index}` by numbers; null where there is none of that id. */
export function placeOf(dashboard, id) {
  for (const [section, { panels }] of dashboard.sections.entries()) {
    const index = panels.findIndex((panel) => panel.id === id);
    if (index >= 0) return { section, index };
  }
  return null;
}

/** The panel of that id; undefined where there is none. */
export function panelOf(dashboard, id) {
  const place = placeOf(dashboard, id);
  return place ? dashboard.sections[place.section].panels[place.index] : undefined;
}

function withPanels(dashboard, section, change) {
  return { ...dashboard, sections: dashboard.sections.map((one, index) => (index === section ? { ...one, panels: change(one.panels) } : one)) };
}

/** `panel` in place of the one with that id. */
export function replaced(dashboard, id, panel) {
  const place = placeOf(dashboard, id);
  return place ? withPanels(dashboard, place.section, (panels) => panels.map((one) => (one.id === id ? panel : one))) : dashboard;
}

/** Without the panel of that id. */
export function removed(dashboard, id) {
  const place = placeOf(dashboard, id);
  return place ? withPanels(dashboard, place.section, (panels) => panels.filter((one) => one.id !== id)) : dashboard;
}

/** With `panel` in a section, at a place or last. */
export function added(dashboard, section, panel, index = Infinity) {
  return withPanels(dashboard, section, (panels) => [...panels.slice(0, index), panel, ...panels.slice(index)]);
}

/** With a copy of a panel behind it; gives the copy's id too. */
export function duplicated(dashboard, id) {
  const place = placeOf(dashboard, id);
  const panel = panelOf(dashboard, id);
  const copy = { ...structuredClone(panel), id: freeId(dashboard, panel.id), title: `${panel.title} (copy)` };
  return { dashboard: added(dashboard, place.section, copy, place.index + 1), id: copy.id };
}

/** One place earlier or later in reading order; over the end of a section into the next one. */
export function moved(dashboard, id, by) {
  const place = placeOf(dashboard, id);
  if (!place) return dashboard;
  const { panels } = dashboard.sections[place.section];
  const index = place.index + by;
  if (index >= 0 && index < panels.length) return movedTo(dashboard, id, place.section, index);
  const section = place.section + Math.sign(by);
  if (!dashboard.sections[section]) return dashboard;
  return movedTo(dashboard, id, section, by > 0 ? 0 : dashboard.sections[section].panels.length);
}

/** To a place of a section, counted without the panel itself. */
export function movedTo(dashboard, id, section, index) {
  const panel = panelOf(dashboard, id);
  return panel ? added(removed(dashboard, id), section, panel, index) : dashboard;
}

/** The next narrower or wider of WIDTHS. */
export function resized(dashboard, id, by) {
  const panel = panelOf(dashboard, id);
  const wanted = by > 0 ? WIDTHS.find((width) => width > panel.width) : WIDTHS.findLast((width) => width < panel.width);
  return wanted ? replaced(dashboard, id, { ...panel, width: wanted }) : dashboard;
}

/** With a section behind the others. */
export function withSection(dashboard, title) {
  const taken = new Set(dashboard.sections.map(({ id }) => id));
  return { ...dashboard, sections: [...dashboard.sections, { id: free(slug(title) || 'section', taken), title, layout: 'grid', panels: [] }] };
}

/** A section with other keys; an empty title takes the heading away, and with it the folding. */
export function withSectionChange(dashboard, index, change) {
  return { ...dashboard, sections: dashboard.sections.map((section, number) => (number === index ? cleaned({ ...section, ...change }) : section)) };
}

function cleaned({ title, folded, ...section }) {
  return { ...section, ...(title && { title, ...(folded && { folded }) }) };
}

/** Without a section and its panels. */
export function withoutSection(dashboard, index) {
  return { ...dashboard, sections: dashboard.sections.filter((_, number) => number !== index) };
}

/** A section one place earlier or later. */
export function withSectionMoved(dashboard, index, by) {
  const target = index + by;
  if (target < 0 || target >= dashboard.sections.length) return dashboard;
  const sections = [...dashboard.sections];
  sections.splice(target, 0, ...sections.splice(index, 1));
  return { ...dashboard, sections };
}

/** An id that no panel has, near to `wish`. */
export function freeId(dashboard, wish) {
  const taken = new Set(dashboard.sections.flatMap(({ panels }) => panels.map(({ id }) => id)));
  if (dashboard.records) taken.add(dashboard.records.id);
  return free(wish, taken);
}

function free(wish, taken) {
  const stem = wish.replace(/-\d+$/, '').slice(0, ID_MAX - 4);
  if (!taken.has(wish)) return wish;
  for (let number = 2; ; number += 1) if (!taken.has(`${stem}-${number}`)) return `${stem}-${number}`;
}

/** A text as an id: `Errors by model` becomes `errors-by-model`. */
export function slug(text) {
  return text.toLowerCase().normalize('NFKD').replace(/[\u0300-\u036f]/g, '').replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, ID_MAX);
}

/** What is sent to be saved: without what the API adds, and without keys that say nothing. */
export function fileOf({ origin: _, version: __, ...dashboard }) {
  return pruned({ ...dashboard, sections: dashboard.sections.map((section) => ({ ...section, panels: section.panels.map((panel) => pruned(panel)) })) }, ['sections']);
}

function pruned(object, kept = []) {
  return Object.fromEntries(Object.entries(object).filter(([key, value]) => kept.includes(key)
    || !(value === null || value === undefined || (Array.isArray(value) && value.length === 0) || (typeof value === 'object' && Object.keys(value).length === 0))));
}
