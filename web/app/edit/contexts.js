// What may come next at the cursor of the editor's texts: names of fields with commas between, measures a line, PromQL a line with a name behind it. Pure.

import { contextAt as filterContext } from '../completion.js';
import { contextAt as promqlContext } from '../explore/promql-text.js';

/** Measures as they are written; `|` is where one goes on writing. */
export const MEASURES = [
  ['count', 'requests'], ['rate', 'requests per second'], ['ratio(|)', 'the share of those that a filter matches'], ['distinct(|)', 'how many different values'],
  ['sum(|)', 'the sum of a field'], ['avg(|)', 'the mean'], ['min(|)', 'the smallest'], ['max(|)', 'the largest'],
  ['p50(|)', 'half are below'], ['p90(|)', '90 of 100 are below'], ['p95(|)', '95 of 100 are below'], ['p99(|)', '99 of 100 are below'],
];

const NOTHING = { expect: 'none', prefix: '' };

const moved = (context, by) => ({ ...context, start: context.start + by, end: context.end + by });

/** Of names with commas between them: the one at the cursor. */
export function nameContext(text, cursor) {
  const start = text.lastIndexOf(',', cursor - 1) + 1;
  const blanks = /^\s*/.exec(text.slice(start, cursor))[0].length;
  const end = text.indexOf(',', cursor);
  return { expect: 'name', prefix: text.slice(start + blanks, cursor), start: start + blanks, end: end < 0 ? text.length : end };
}

function lineAt(text, cursor) {
  const start = text.lastIndexOf('\n', cursor - 1) + 1;
  const end = text.indexOf('\n', cursor);
  return { start, line: text.slice(start, end < 0 ? text.length : end) };
}

/** Of measures, one a line: a measure, the field or the filter within its parentheses, or nothing behind them. */
export function measureContext(text, cursor) {
  const { start, line } = lineAt(text, cursor);
  const head = line.slice(0, cursor - start);
  const open = head.indexOf('(');
  const nothing = { ...NOTHING, start: cursor, end: cursor };
  if (open < 0) {
    const prefix = head.trimStart();
    return /^\w*$/.test(prefix) ? { expect: 'measure', prefix, start: cursor - prefix.length, end: cursor + /^\w*/.exec(line.slice(cursor - start))[0].length } : nothing;
  }
  if (closes(head.slice(open))) return nothing;
  if (head.slice(0, open).trim() === 'ratio') return moved(filterContext(line.slice(open + 1).replace(/\)[^)]*$/, ''), cursor - start - open - 1), start + open + 1);
  const prefix = /[\w.]*$/.exec(head)[0];
  return { expect: 'name', prefix, start: cursor - prefix.length, end: cursor + /^[\w.]*/.exec(line.slice(cursor - start))[0].length };
}

function closes(text) {
  let depth = 0;
  for (const character of text) {
    if (character === '(') depth += 1;
    else if (character === ')' && (depth -= 1) === 0) return true;
  }
  return false;
}

/** Of PromQL, an expression a line: as of the expression alone; nothing in the name of its series. */
export function expressionContext(text, cursor) {
  const { start, line } = lineAt(text, cursor);
  const name = line.lastIndexOf(' | ');
  if (name >= 0 && cursor - start > name) return { ...NOTHING, start: cursor, end: cursor };
  return moved(promqlContext(name < 0 ? line : line.slice(0, name), cursor - start), start);
}
