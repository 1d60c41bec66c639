// The little of Markdown that a dashboard's texts need, taken apart: headings, paragraphs, lists, bold, code and links. Pure. Everything else is text.

/** An address that a text may link to: pages of the web, and places on this page. */
const ADDRESS = /^(?:https?:\/\/|\/|\?|#)/;
const INLINE = /\*\*([^*]+)\*\*|`([^`]+)`|\[([^\]]+)\]\(([^)\s]+)\)/g;

/** Pieces of a line: `{type: 'text'|'strong'|'code'|'link', text, href?}`. */
export function inlinePieces(line) {
  const pieces = [];
  let at = 0;
  for (const match of line.matchAll(INLINE)) {
    if (match.index > at) pieces.push({ type: 'text', text: line.slice(at, match.index) });
    const [whole, strong, code, label, href] = match;
    if (strong !== undefined) pieces.push({ type: 'strong', text: strong });
    else if (code !== undefined) pieces.push({ type: 'code', text: code });
    else pieces.push(ADDRESS.test(href) && !href.startsWith('//') ? { type: 'link', text: label, href } : { type: 'text', text: whole });
    at = match.index + whole.length;
  }
  if (at < line.length) pieces.push({ type: 'text', text: line.slice(at) });
  return pieces;
}

/** Blocks of a text: `{type: 'heading'|'paragraph'|'list', level?, items: pieces[]}`; a paragraph and a heading have one item. */
export function blocks(markdown) {
  const found = [];
  for (const part of markdown.split(/\n\s*\n/).map((text) => text.trim()).filter(Boolean)) {
    const lines = part.split('\n').map((line) => line.trim());
    const heading = /^(#{1,4})\s+(.*)$/.exec(lines[0]);
    if (heading) {
      found.push({ type: 'heading', level: heading[1].length, items: [inlinePieces(heading[2])] });
      lines.shift();
    }
    if (lines.length === 0) continue;
    if (lines.every((line) => /^[-*]\s+/.test(line))) found.push({ type: 'list', items: lines.map((line) => inlinePieces(line.replace(/^[-*]\s+/, ''))) });
    else found.push({ type: 'paragraph', items: [inlinePieces(lines.join(' '))] });
  }
  return found;
}
