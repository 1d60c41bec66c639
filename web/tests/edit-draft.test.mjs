import assert from 'node:assert/strict';
import test from 'node:test';

import * as draft from '../app/edit/draft.js';
import { formOf, newPanel, panelOfForm } from '../app/edit/panel-values.js';

const panel = (id, more = {}) => ({ id, title: id.toUpperCase(), question: 'What?', chart: 'time', width: 6, ...more });
const page = () => ({ id: 'p', title: 'P', origin: 'own', version: 3, sections: [{ id: 'a', panels: [panel('x'), panel('y')] }, { id: 'b', title: 'B', panels: [panel('z')] }] });
const ids = (dashboard) => dashboard.sections.map(({ panels }) => panels.map(({ id }) => id).join(' ')).join(' | ');

test('panels move in reading order, over the ends of sections too, and nothing is changed in place', () => {
  const before = page();
  const copy = structuredClone(before);
  assert.equal(ids(draft.moved(before, 'x', 1)), 'y x | z');
  assert.equal(ids(draft.moved(before, 'y', 1)), 'x | y z');
  assert.equal(ids(draft.moved(before, 'z', -1)), 'x y z | ');
  assert.equal(ids(draft.moved(before, 'x', -1)), 'x y | z');
  assert.equal(ids(draft.movedTo(before, 'x', 1, 1)), 'y | z x');
  assert.deepEqual(before, copy);
});

test('copies stand behind their panel under an id of their own', () => {
  const { dashboard, id } = draft.duplicated(page(), 'x');
  assert.equal(ids(dashboard), 'x x-2 y | z');
  assert.equal(ids(draft.duplicated(dashboard, id).dashboard), 'x x-2 x-3 y | z');
});

test('widths go through steps and stop at the ends', () => {
  const width = (dashboard) => draft.panelOf(dashboard, 'x').width;
  assert.equal(width(draft.resized(page(), 'x', 1)), 8);
  assert.equal(width(draft.resized(page(), 'x', -1)), 4);
  const wide = draft.replaced(page(), 'x', panel('x', { width: 12 }));
  assert.equal(draft.resized(wide, 'x', 1), wide);
});

test('sections are added, renamed, moved and taken away', () => {
  const more = draft.withSection(page(), 'Größe & Kosten');
  assert.equal(more.sections[2].id, 'gro-e-kosten');
  assert.deepEqual(draft.withSectionMoved(more, 2, -1).sections.map(({ id }) => id), ['a', 'gro-e-kosten', 'b']);
  const unnamed = draft.withSectionChange(page(), 1, { title: '', folded: true });
  assert.equal('title' in unnamed.sections[1] || 'folded' in unnamed.sections[1], false);
  assert.equal(ids(draft.withoutSection(page(), 0)), 'z');
});

test('what is saved has neither what the API adds nor keys that say nothing', () => {
  const file = draft.fileOf({ ...page(), tags: [], sections: [{ id: 'a', panels: [panel('x', { description: {}, ignores: [], options: {} })] }] });
  assert.deepEqual(file, { id: 'p', title: 'P', sections: [{ id: 'a', panels: [panel('x')] }] });
});

test('a panel survives its form', () => {
  const full = panel('x', {
    unit: 'ratio', query: { measures: ['count', 'p95(duration) as slow'], by: ['model', 'client'], where: 'status >= 500', every: '1h', order: '-slow', limit: 7, other: true }, thresholds: { warning: 0.9, critical: 0.5, below: true },
    compare: true, drill: { sort: '-duration' }, description: { formula: 'f', action: 'a' }, options: { draw: 'bars' },
  });
  assert.deepEqual(panelOfForm(full, formOf(full), ['draw']), full);
  const series = panel('s', { unit: '1', promql: [{ expr: 'a or b', legend: '{{x}}', instant: true }], description: {}, options: {} });
  assert.deepEqual(panelOfForm(series, formOf(series), []), series);
});

test('a form says what it cannot read, and leaves out options of other charts', () => {
  const form = formOf(newPanel(page()));
  assert.throws(() => panelOfForm(panel('x'), { ...form, options: '[1]' }, []), /JSON object/);
  assert.throws(() => panelOfForm(panel('x'), { ...form, warning: 'much' }, []), /Warning must be a number/);
  assert.deepEqual(panelOfForm(panel('x'), form, ['per_second']).options, { per_second: true });
});
