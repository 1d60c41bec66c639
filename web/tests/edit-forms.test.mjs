import test from 'node:test';
import assert from 'node:assert/strict';
import { expressionContext, measureContext, nameContext } from '../app/edit/contexts.js';
import { formOfPage, inputOfPageKey, newVariable, pageOfForm } from '../app/edit/page-values.js';
import { formOf, inputOfPanelKey, panelOfForm } from '../app/edit/panel-values.js';

/** A context at `|` of a text, with what it would replace. */
function at(contextAt, marked) {
  const cursor = marked.indexOf('|');
  const text = marked.replace('|', '');
  const { expect, prefix, start, end, ...rest } = contextAt(text, cursor);
  return { expect, prefix, replaces: text.slice(start, end), ...rest };
}

test('of names with commas the one at the cursor is completed', () => {
  assert.deepEqual(at(nameContext, 'model, cli|ent, path'), { expect: 'name', prefix: 'cli', replaces: 'client' });
  assert.deepEqual(at(nameContext, '|'), { expect: 'name', prefix: '', replaces: '' });
  assert.deepEqual(at(nameContext, 'model, |'), { expect: 'name', prefix: '', replaces: '' });
});

test('a line of measures expects a measure, then its field or its filter, then nothing', () => {
  assert.deepEqual(at(measureContext, 'count\np9|'), { expect: 'measure', prefix: 'p9', replaces: 'p9' });
  assert.deepEqual(at(measureContext, 'p95(dur|)'), { expect: 'name', prefix: 'dur', replaces: 'dur' });
  assert.equal(at(measureContext, 'p95(duration)|').expect, 'none');
  assert.equal(at(measureContext, 'p95(duration) as sl|').expect, 'none');
  const ratio = at(measureContext, 'count\nratio(provider: op|)');
  assert.deepEqual([ratio.expect, ratio.field, ratio.prefix, ratio.replaces], ['value', 'provider', 'op', 'op']);
  assert.equal(at(measureContext, 'ratio(status|').expect, 'field');
});

test('a line of PromQL is completed by itself, the name of its series is not', () => {
  const context = at(expressionContext, 'up\nsum by (jo|) (up) | {{job}}');
  assert.deepEqual([context.expect, context.prefix, context.replaces], ['grouping', 'jo', 'jo']);
  assert.equal(at(expressionContext, 'up | {{jo|').expect, 'none');
});

const page = {
  title: 'Teams', question: 'Who asks?', tags: ['llm', 'teams'],
  variables: [{ name: 'team', label: 'Team', field: 'team', multi: true }, { name: 'job', label: 'job', metric: 'up', label_name: 'job', default: 'gateway' }],
};

test('a page survives its form', () => {
  assert.deepEqual(pageOfForm(formOfPage(page)), page);
});

test('a choice keeps only what belongs to its source', () => {
  const [first] = pageOfForm({ ...formOfPage(page), variables: [{ ...newVariable(), name: ' who ', of: 'series', field: 'client', metric: 'up', label_name: 'job' }] }).variables;
  assert.deepEqual(first, { name: 'who', label: 'who', metric: 'up', label_name: 'job', multi: true });
});

test('what the server finds wrong is told at the field that says it', () => {
  const pageKeys = { 'variables[2].field': 'variables.2.field', 'variables[1]': 'variables.1.name', 'tags[3]': 'tags', question: 'question', 'sections[0].panels[1].title': null };
  for (const [key, name] of Object.entries(pageKeys)) assert.equal(inputOfPageKey(key), name, key);
  const panelKeys = {
    'sections[0].panels[12].query.measures[1]': 'measures', 'sections[0].panels[0].query.by[0]': 'by', 'sections[0].panels[0].promql[2].expr': 'promql', 'sections[0].panels[0].drill.where': 'drill_where',
    'sections[0].panels[0].drill.at_or_above': 'at_or_above', 'sections[0].panels[0].thresholds.warning': 'warning', 'sections[0].panels[0].options.draw': 'options', 'sections[0].panels[0]': null,
  };
  for (const [key, name] of Object.entries(panelKeys)) assert.equal(inputOfPanelKey(key), name, key);
});

test('what a click leads to can be changed and taken away', () => {
  const panel = { id: 'x', title: 'X', question: 'How?', chart: 'ranking', unit: '1', width: 6, description: {}, options: {}, query: { measures: ['count'] }, drill: { dashboard: 'provider', variable: 'provider' } };
  const form = formOf(panel);
  assert.deepEqual(panelOfForm(panel, { ...form, drill_dashboard: '', drill_variable: '', drill_where: ' status >= 500 ', at_or_above: true }, []).drill, { where: 'status >= 500', at_or_above: true });
  assert.equal('drill' in panelOfForm(panel, { ...form, drill_dashboard: '', drill_variable: '' }, []), false);
});
