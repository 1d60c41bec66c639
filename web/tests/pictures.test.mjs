import test from 'node:test';
import assert from 'node:assert/strict';
import { inRows, svgPicture } from '../app/pictures/svg-picture.js';

const picture = (...parts) => svgPicture({ width: 100, height: 50, background: '#fff', parts });

test('a picture has its size, its ground and its parts in their order', () => {
  const svg = picture({ kind: 'rect', x: 1, y: 2, width: 3, height: 4, fill: 'red' }, { kind: 'text', x: 5, y: 6, text: 'a', size: 12, fill: 'black' });
  assert.equal(svg, '<svg xmlns="http://www.w3.org/2000/svg" width="100" height="50" viewBox="0 0 100 50"><rect x="0" y="0" width="100" height="50" fill="#fff"/>'
    + '<rect x="1" y="2" width="3" height="4" fill="red"/><text x="5" y="6" font-size="12" fill="black" xml:space="preserve">a</text></svg>');
});

test('names of strangers stay text, in words and in attributes', () => {
  const svg = picture({ kind: 'text', x: 0, y: 0, text: '</text><script>&"\u0000', size: 12, family: '"Segoe UI", sans-serif' });
  assert.match(svg, /font-family="&quot;Segoe UI&quot;, sans-serif"/);
  assert.match(svg, />&lt;\/text&gt;&lt;script&gt;&amp;&quot;\ufffd<\/text>/);
  assert.doesNotMatch(svg, /<script/);
});

test('places are rounded to hundredths, and what is not said is left out', () => {
  const svg = picture({ kind: 'rect', x: 1 / 3, y: 0, width: 2.005, height: 1, radius: 0, stroke: 'blue', strokeWidth: 1.5, opacity: 1 });
  assert.match(svg, /<rect x="0.33" y="0" width="2" height="1" fill="none" stroke="blue" stroke-width="1.5"\/>/);
});

test('what lets something through keeps its opacity', () => {
  assert.match(picture({ kind: 'rect', x: 0, y: 0, width: 1, height: 1, fill: 'red', opacity: 0.25 }), /fill="red" opacity="0.25"/);
});

test('drawings keep their own measure, pictures in pictures their place', () => {
  const drawing = { kind: 'drawing', x: 1, y: 2, width: 16, height: 16, viewBox: '0 0 8 8', ratio: 'none', shapes: [{ name: 'path', attributes: { d: 'M0 0', stroke: 'red', fill: 'none', rx: null } }] };
  assert.match(picture(drawing), /<svg x="1" y="2" width="16" height="16" viewBox="0 0 8 8" preserveAspectRatio="none"><path d="M0 0" stroke="red" fill="none"\/><\/svg>/);
  assert.match(picture({ kind: 'picture', x: 10, y: 20.123, svg: '<svg/>' }), /<g transform="translate\(10 20.12\)"><svg\/><\/g>/);
});

test('pictures lie in rows, each as high as its highest', () => {
  const layout = { width: 100, columns: 2, gap: 10, top: 50 };
  assert.deepEqual(inRows([30, 40, 20], layout), { places: [{ x: 10, y: 50 }, { x: 120, y: 50 }, { x: 10, y: 100 }], height: 130 });
  assert.deepEqual(inRows([], layout), { places: [], height: 50 });
});
