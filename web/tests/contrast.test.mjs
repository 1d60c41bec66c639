// Contrast of the style sheet's colours (WCAG 2.2, 1.4.3 and 1.4.11), computed from the custom properties of both themes.

import test from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

const css = readFileSync(new URL('../style.css', import.meta.url), 'utf8');

function tokens(selector) {
  const start = css.indexOf(`${selector} {`);
  const block = css.slice(start, css.indexOf('\n}', start));
  return Object.fromEntries([...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{3,6})\b/gi)].map(([, name, value]) => [name, value]));
}

const light = tokens(':root');
const themes = { light, dark: { ...light, ...tokens(':root[data-theme="dark"]') } };

/** Relative luminance, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(hex) {
  const digits = hex.slice(1);
  const full = digits.length === 3 ? [...digits].map((digit) => digit + digit).join('') : digits;
  const [r, g, b] = [0, 2, 4].map((at) => parseInt(full.slice(at, at + 2), 16) / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a, b) {
  const [high, low] = [luminance(a), luminance(b)].sort((one, other) => other - one);
  return (high + 0.05) / (low + 0.05);
}

/** Text on grounds: at least 4.5. */
const TEXT = [
  ...['panel', 'ground', 'raised', 'hover', 'faint'].flatMap((ground) => [['text', ground], ['muted', ground]]),
  ...['accent', 'ok', 'warning', 'critical'].flatMap((color) => [[color, 'panel'], [color, 'ground'], [color, 'raised']]),
  ['accent', 'accent-soft'], ['text', 'accent-soft'], ['warning', 'warning-soft'], ['text', 'warning-soft'], ['critical', 'critical-soft'], ['text', 'critical-soft'], ['ok', 'ok-soft'], ['on-accent', 'accent'], ['spark-2', 'panel'],
  ['panel', 'text'],
];
/** What is drawn and must be seen: at least 3. */
const DRAWN = [...Array.from({ length: 12 }, (_, index) => `series-${index + 1}`), 'other', 'spark-2', 'ramp-2', 'ramp-3', 'status-2', 'status-5', 'part-gateway', 'part-wait'];

test('the contrast of black on white is 21', () => {
  assert.equal(contrast('#000', '#ffffff'), 21);
});

for (const [name, theme] of Object.entries(themes)) {
  test(`text can be read in the ${name} theme`, () => {
    const weak = TEXT.map(([color, ground]) => [color, ground, contrast(theme[color], theme[ground])]).filter(([, , ratio]) => !(ratio >= 4.5));
    assert.deepEqual(weak.map(([color, ground, ratio]) => `${color} on ${ground}: ${ratio.toFixed(2)}`), []);
  });

  test(`lines and areas can be seen in the ${name} theme`, () => {
    const weak = DRAWN.map((color) => [color, contrast(theme[color], theme.panel)]).filter(([, ratio]) => !(ratio >= 3));
    assert.deepEqual(weak.map(([color, ratio]) => `${color}: ${ratio.toFixed(2)}`), []);
  });
}

test('the dark theme names every colour anew', () => {
  const dark = tokens(':root[data-theme="dark"]');
  assert.deepEqual(Object.keys(light).filter((name) => !dark[name]), []);
});
