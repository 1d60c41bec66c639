// What may come next in a filter, at the cursor: a field, an operator, a value, or a joining word. Pure; the suggestions
// themselves (names, values with counts) are looked up by filter-bar.js.

import { isKeyword, tokenize, unquote } from './filter-text.js';

/**
 * @typedef {object} Context
 * @property {'field'|'operator'|'value'|'join'} expect  what may stand at the cursor
 * @property {string} prefix      what is written of it already
 * @property {number} start       where it starts in the text
 * @property {number} end         where it ends (what a suggestion replaces)
 * @property {string|null} field  the field of a value or operator
 * @property {boolean} inList     whether the cursor stands in the parentheses of `field: (a or b)`
 */

/** The context at `cursor` of `text`. @returns {Context} */
export function contextAt(text, cursor) {
  const tokens = tokenize(text);
  const before = tokens.filter((token) => token.end <= cursor && !(token.end === cursor && isOpenEnded(token)));
  const current = tokens.find((token) => token.start < cursor && token.end >= cursor && isOpenEnded(token));
  const state = expectation(before);
  const quoted = current?.type === 'string';
  const prefix = current ? text.slice(current.start + (quoted ? 1 : 0), cursor) : '';
  return { ...state, prefix, start: current ? current.start : cursor, end: current ? current.end : cursor };
}

// A word or an unfinished string can still grow; an operator or a parenthesis is done.
function isOpenEnded(token) {
  return token.type === 'word' || token.type === 'string';
}

function expectation(tokens) {
  let expect = 'field';
  let field = null;
  let listDepth = 0;
  for (const token of tokens) {
    if (expect === 'value') {
      if (token.type === 'open') { listDepth += 1; continue; }
      if (token.type === 'close') { listDepth = Math.max(0, listDepth - 1); expect = listDepth ? 'value' : 'join'; continue; }
      if (isKeyword(token, 'not') && listDepth) continue;
      expect = 'join';
    } else if (expect === 'operator') {
      expect = token.type === 'operator' ? 'value' : 'join';
    } else if (expect === 'join') {
      if (token.type === 'close') { listDepth = Math.max(0, listDepth - 1); continue; }
      if (isKeyword(token, 'and') || isKeyword(token, 'or')) expect = listDepth ? 'value' : 'field';
    } else if (isOpenEnded(token) && !isKeyword(token, 'not')) {
      field = unquote(token);
      expect = 'operator';
    }
  }
  return { expect, field: expect === 'field' ? null : field, inList: listDepth > 0 };
}

/** `text` with the part that `context` names replaced by `insertion`, and the cursor after it. */
export function complete(text, context, insertion) {
  const tail = text.slice(context.end);
  const joined = /^\s/.test(tail) && insertion.endsWith(' ') ? tail.slice(1) : tail;
  return { text: text.slice(0, context.start) + insertion + joined, cursor: context.start + insertion.length };
}
