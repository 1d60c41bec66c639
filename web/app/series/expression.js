// A panel's PromQL as it is asked: times of the page and chosen values of variables put in. Pure.

import { quoted, tokenize } from '../explore/promql-text.js';

/** Between two scrapes pass usually this many seconds; a rate over fewer than four of them would have gaps. */
const SCRAPE_SECONDS = 15;

/** What `$__rate_interval` means for a step, in seconds: as Grafana reckons it. */
export function rateSeconds(everySeconds) {
  return Math.max(everySeconds + SCRAPE_SECONDS, 4 * SCRAPE_SECONDS);
}

/**
 * `text` with `$__rate_interval`, `$__interval`, `$__range` (also `_s` and `_ms`) and `$name` put in. In a string behind `=~` or `!~` a
 * variable becomes a pattern of its chosen values, `.*` for all; behind `=` or `!=` its one value, and the operator becomes that of a
 * pattern where there is not exactly one. Elsewhere only a plain number or name is put in.
 * @param {string} text
 * @param {{everySeconds: number, rangeSeconds: number, variables?: Object<string, string[]>}} context  an empty list is all values
 * @throws {RangeError} where a value cannot stand where its variable does
 */
export function filledIn(text, { everySeconds, rangeSeconds, variables = {} }) {
  const range = Math.max(1, Math.round(rangeSeconds));
  const timed = text.replace(/\$__(rate_interval|interval|range)(_ms|_s)?\b/g, (_, name, unit) => {
    const seconds = name === 'range' ? range : name === 'interval' ? everySeconds : rateSeconds(everySeconds);
    return unit === '_ms' ? String(seconds * 1000) : unit === '_s' ? String(seconds) : `${seconds}s`;
  });
  return timed.includes('$') ? withVariables(timed, variables) : timed;
}

function withVariables(text, variables) {
  const tokens = tokenize(text);
  const pieces = tokens.map((token) => token.text);
  for (const [index, token] of tokens.entries()) {
    if (token.type === 'string') fillString(tokens, pieces, index, variables);
    else if (token.text === '$' && tokens[index + 1]?.start === token.end) fillPlain(tokens, pieces, index, variables);
  }
  return pieces.join('');
}

const IN_STRING = /\$(?:\{(\w+)\}|(\w+))/g;

function fillString(tokens, pieces, index, variables) {
  const { text } = tokens[index];
  const names = [...text.matchAll(IN_STRING)].map((match) => match[1] ?? match[2]).filter((name) => Object.hasOwn(variables, name));
  if (names.length === 0) return;
  const place = operatorBefore(tokens, index);
  const operator = tokens[place]?.text;
  const isMatcher = ['=', '!=', '=~', '!~'].includes(operator);
  const isOne = names.every((name) => variables[name].length === 1);
  if (isMatcher && !operator.includes('~') && !isOne) pieces[place] = operator === '=' ? '=~' : '!~';
  const isPattern = isMatcher && pieces[place].includes('~');
  const body = unquoted(text).replace(IN_STRING, (all, braced, bare) => {
    const values = variables[braced ?? bare];
    if (!values) return all;
    return isPattern ? patternOf(values) : values.join(', ');
  });
  pieces[index] = quoted(body);
}

function operatorBefore(tokens, index) {
  let at = index - 1;
  while (at >= 0 && ['space', 'comment'].includes(tokens[at].type)) at -= 1;
  return tokens[at]?.type === 'operator' ? at : -1;
}

function unquoted(text) {
  if (text.startsWith('`')) return text.slice(1, -1);
  return text.slice(1, -1).replace(/\\(.)/g, (escape, sign) => ({ n: '\n', t: '\t', '"': '"', "'": "'", '\\': '\\' })[sign] ?? escape);
}

function fillPlain(tokens, pieces, index, variables) {
  const name = tokens[index + 1]?.text === '{' ? tokens[index + 2]?.text : tokens[index + 1]?.text;
  const values = Object.hasOwn(variables, name) ? variables[name] : undefined;
  if (!values) return;
  if (values.length !== 1 || !/^[\w.:]+$/.test(values[0])) throw new RangeError(`The variable ${name} needs one number or name where it stands in the expression`);
  pieces[index] = values[0];
  pieces[index + 1] = '';
  if (tokens[index + 1].text === '{') { pieces[index + 2] = ''; pieces[index + 3] = ''; }
}

/** A pattern that matches exactly `values` (an empty text is an absent label), everything where there are none. */
export function patternOf(values) {
  if (values.length === 0) return '.*';
  const parts = values.map((value) => String(value ?? '').replace(/[\\^$.|?*+()[\]{}]/g, '\\$&'));
  return parts.length === 1 ? parts[0] : `(${parts.join('|')})`;
}

/** Names of the metrics that an expression reads, as far as its text tells them. */
export function metricsOf(text) {
  const names = new Set();
  const tokens = tokenize(text).filter((token) => token.type !== 'space' && token.type !== 'comment');
  for (const [index, token] of tokens.entries()) {
    if (token.type === 'word' && ['{', '['].includes(tokens[index + 1]?.text) && !['by', 'without'].includes(token.text)) names.add(token.text);
    else if (token.type === 'word' && /[_:]/.test(token.text) && isSelector(tokens, index)) names.add(token.text);
    else if (token.text === '__name__' && tokens[index + 1]?.text === '=' && tokens[index + 2]?.type === 'string') names.add(unquoted(tokens[index + 2].text));
  }
  names.delete('__name__');
  return [...names];
}

const GROUPINGS = new Set(['by', 'without', 'on', 'ignoring', 'group_left', 'group_right']);

// A name with an underscore that is not called, and stands neither among labels nor in a selector's braces, is a metric.
function isSelector(tokens, index) {
  if (tokens[index + 1]?.text === '(') return false;
  let depth = 0;
  for (let at = index - 1; at >= 0; at -= 1) {
    if (')]}'.includes(tokens[at].text)) depth += 1;
    else if ('(['.includes(tokens[at].text)) { if (depth === 0) return !GROUPINGS.has(tokens[at - 1]?.text); depth -= 1; }
    else if (tokens[at].text === '{') { if (depth === 0) return false; depth -= 1; }
  }
  return true;
}
