// The library that paints charts, ECharts: as large as all modules of the page together, so it is run when the first chart has something to paint.
// The page itself, its figures and its tables do not wait for it.

const ADDRESS = '/vendor/echarts.min.js';

let coming = null;
let isFetched = false;
const waiting = new Set();

/** Resolves to the library once it is there; rejects where it cannot be had, and asks anew the next time. */
export function chartLibrary() {
  coming ??= window.echarts ? Promise.resolve(window.echarts) : new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = ADDRESS;
    script.onload = () => resolve(window.echarts);
    script.onerror = () => { script.remove(); coming = null; reject(new Error('The library that paints charts could not be loaded.')); };
    document.head.append(script);
  });
  return coming;
}

/** Fetches the library without running it, for charts that will have something to paint. */
export function fetchLibrary() {
  if (isFetched || window.echarts) return;
  isFetched = true;
  const link = document.createElement('link');
  Object.assign(link, { rel: 'preload', as: 'script', href: ADDRESS });
  document.head.append(link);
}

/** Whether charts can be painted now; where they cannot yet, `chart.paint()` is called when they can. */
export function canPaint(chart) {
  if (window.echarts) return true;
  waiting.add(chart);
  // In a task of its own, so that figures that need no chart are seen before.
  if (waiting.size === 1) setTimeout(() => chartLibrary().then(paintWaiting, () => waiting.clear()), 0);
  return false;
}

function paintWaiting() {
  const charts = [...waiting];
  waiting.clear();
  for (const chart of charts) chart.paint();
}
