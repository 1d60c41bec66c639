// Light, dark, or as the system says; and the style sheet's colours for what is painted on canvases.

const KEY = 'gatewatch.theme';
const dark = matchMedia('(prefers-color-scheme: dark)');
const listeners = new Set();
let cached = null;

/** The person's choice: `light`, `dark` or `system`. */
export function themeChoice() {
  return localStorage.getItem(KEY) ?? 'system';
}

/** Remembers and applies a choice. */
export function setTheme(choice) {
  if (choice === 'system') localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, choice);
  applyTheme();
}

/** Sets the page's theme from the choice, and tells those who paint. */
export function applyTheme() {
  const choice = themeChoice();
  document.documentElement.dataset.theme = choice === 'system' ? (dark.matches ? 'dark' : 'light') : choice;
  cached = null;
  for (const listener of listeners) listener();
}

/** Calls `listener` after each change of theme. */
export function onThemeChange(listener) {
  listeners.add(listener);
}

dark.addEventListener('change', applyTheme);
// The scale depends on the window's width.
addEventListener('resize', () => { cached = null; });

/** The style sheet's colours by name (`text`, `muted`, `line`, `panel`, ...), the lists `series` and `heat`, the font, and the `scale` of type in charts. */
export function colors() {
  if (cached) return cached;
  const style = getComputedStyle(document.documentElement);
  const read = (name) => style.getPropertyValue(`--${name}`).trim();
  const list = (name, count) => Array.from({ length: count }, (_, index) => read(`${name}-${index + 1}`));
  cached = {
    text: read('text'), muted: read('muted'), line: read('line'), faint: read('faint'), panel: read('panel'), accent: read('accent'),
    ok: read('ok'), warning: read('warning'), critical: read('critical'), other: read('other'),
    series: list('series', SERIES_COLORS), heat: list('heat', 6),
    status: { '1xx': read('status-1'), '2xx': read('status-2'), '3xx': read('status-3'), '4xx': read('status-4'), '5xx': read('status-5') },
    ramp: list('ramp', 4), scale: Number(read('scale')) || 1, // The library writes it into attributes of SVG as it is.
    font: style.getPropertyValue('--font').trim().replaceAll('"', '\''),
  };
  return cached;
}

/** Colours for values without one of their own; more would not be told apart. */
export const SERIES_COLORS = 12;

/** Whether movement should be kept away. */
export function prefersStillness() {
  return matchMedia('(prefers-reduced-motion: reduce)').matches;
}
