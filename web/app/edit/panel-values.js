// A panel as the texts of a form, and back. Pure.

import { freeId, slug } from './draft.js';

/** A panel to begin with. */
export function newPanel(dashboard) {
  return {
    id: freeId(dashboard, 'panel'), title: 'New panel', question: 'How much traffic is there?', chart: 'time', unit: 'req/s', width: 6, description: {}, ignores: [],
    query: { measures: ['count'], by: ['provider'], every: 'auto' }, options: { draw: 'line', per_second: true },
  };
}

/** The texts of the form for a panel. */
export function formOf(panel) {
  const { query = {}, thresholds = {}, description = {}, drill = {} } = panel;
  return {
    title: panel.title, question: panel.question, chart: panel.chart, unit: panel.unit ?? '1', width: String(panel.width ?? 6),
    source: panel.promql?.length ? 'series' : panel.query ? 'requests' : 'nothing',
    measures: (query.measures ?? ['count']).join('\n'), by: (query.by ?? []).join(', '), where: query.where ?? '', every: query.every ?? '', order: query.order ?? '',
    limit: query.limit === undefined ? '' : String(query.limit), other: Boolean(query.other),
    promql: (panel.promql ?? []).map(({ expr, legend }) => (legend ? `${expr} | ${legend}` : expr)).join('\n'),
    warning: shown(thresholds.warning), critical: shown(thresholds.critical), below: Boolean(thresholds.below),
    drill_where: drill.where ?? '', drill_sort: drill.sort ?? '', at_or_above: Boolean(drill.at_or_above), drill_dashboard: drill.dashboard ?? '', drill_variable: drill.variable ?? '',
    compare: Boolean(panel.compare), formula: description.formula ?? '', action: description.action ?? '',
    options: Object.keys(panel.options ?? {}).length ? JSON.stringify(panel.options, null, 1) : '',
  };
}

const shown = (value) => (value === undefined || value === null ? '' : String(value));

/**
 * The panel that the form's texts say; what the form does not show stays as it was.
 * @param {string[]} options  names of the options that the chart takes
 * @throws {Error} with a sentence where a text cannot be read
 */
export function panelOfForm(before, values, options) {
  const { query: _, promql: __, thresholds: ___, compare: ____, drill: _____, ...rest } = before;
  const thresholds = { warning: number(values.warning, 'Warning'), critical: number(values.critical, 'Critical'), below: values.below || undefined };
  const drill = drillOf(values);
  const hasThresholds = thresholds.warning !== undefined || thresholds.critical !== undefined;
  return {
    ...rest, id: before.id || slug(values.title), title: values.title.trim(), question: values.question.trim(), chart: values.chart, unit: values.unit, width: Number(values.width),
    ...(values.source === 'requests' && { query: queryOf(values) }), ...(values.source === 'series' && { promql: expressionsOf(values.promql, before.promql ?? []) }),
    ...(hasThresholds && { thresholds: defined(thresholds) }), ...(values.compare && { compare: true }), ...(Object.keys(drill).length > 0 && { drill }),
    description: defined({ formula: values.formula.trim() || undefined, action: values.action.trim() || undefined }),
    options: Object.fromEntries(Object.entries(optionsOf(values.options)).filter(([name]) => options.includes(name))),
  };
}

function drillOf(values) {
  const text = (name) => values[name].trim() || undefined;
  return defined({ where: text('drill_where'), sort: text('drill_sort'), at_or_above: values.at_or_above || undefined, dashboard: text('drill_dashboard'), variable: text('drill_variable') });
}

/** The name of the form's input for a key of the file, of a panel's own keys; null where it has none. */
export function inputOfPanelKey(key) {
  const own = key.replace(/^sections\[\d+\]\.panels\[\d+\]\.?/, '');
  const [, group, name = ''] = /^(\w+)(?:\[\d+\])?(?:\.(\w+))?/.exec(own) ?? [];
  if (group === 'query' || group === 'thresholds' || group === 'description') return name || null;
  if (group === 'drill') return name === 'at_or_above' ? name : name ? `drill_${name}` : null;
  return group ?? null;
}

function queryOf({ measures, by, where, every, order, limit, other }) {
  return defined({
    measures: lines(measures).length ? lines(measures) : ['count'], by: list(by).length ? list(by) : undefined, where: where.trim() || undefined,
    every: every.trim() && every.trim() !== 'none' ? every.trim() : undefined, order: order.trim() || undefined, limit: number(limit, 'Groups at most'), other: other || undefined,
  });
}

/** Lines of PromQL; `|` with blanks around it is none of PromQL's own, so the last one begins the name. */
function expressionsOf(text, before) {
  return lines(text).map((line, index) => {
    const at = line.lastIndexOf(' | ');
    const expr = (at < 0 ? line : line.slice(0, at)).trim();
    return defined({ expr, legend: at < 0 ? undefined : line.slice(at + 3).trim(), instant: before[index]?.instant || undefined });
  });
}

function optionsOf(text) {
  if (!text.trim()) return {};
  try {
    const options = JSON.parse(text);
    if (options && typeof options === 'object' && !Array.isArray(options)) return options;
  } catch { /* said below */ }
  throw new Error('Options of the chart must be a JSON object, as {"draw": "bars"}');
}

function number(text, name) {
  if (!text.trim()) return undefined;
  const value = Number(text);
  if (!Number.isFinite(value)) throw new Error(`${name} must be a number`);
  return value;
}

const lines = (text) => text.split('\n').map((line) => line.trim()).filter(Boolean);
const list = (text) => text.split(',').map((part) => part.trim()).filter(Boolean);
const defined = (object) => Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined));
