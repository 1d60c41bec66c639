// Building elements. Text always goes in as text nodes, never as markup: values come from strangers' requests.

/**
 * An element: `h('button', {class: 'x', onclick: f, 'aria-label': 'y'}, 'text', child, ...)`.
 * Properties beginning with `on` are listeners, `style` and `dataset` are objects, `true` sets an empty attribute, and
 * null, undefined and false are left out. Children may be nested lists; null and false are skipped.
 */
export function h(tag, properties = {}, ...children) {
  return fill(document.createElement(tag), properties, children);
}

/** As ``h``, for SVG elements. */
export function svg(tag, properties = {}, ...children) {
  return fill(document.createElementNS('http://www.w3.org/2000/svg', tag), properties, children);
}

function fill(element, properties, children) {
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (name === 'style') setStyle(element, value);
    else if (name === 'dataset') Object.assign(element.dataset, value);
    else if (name === 'value' && 'value' in element) element.value = value;
    else element.setAttribute(name === 'className' ? 'class' : name, value === true ? '' : String(value));
  }
  append(element, children);
  return element;
}

function setStyle(element, style) {
  for (const [name, value] of Object.entries(style)) {
    if (name.startsWith('--')) element.style.setProperty(name, value);
    else element.style[name] = value;
  }
}

function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/** Replaces what `element` holds. */
export function replace(element, ...children) {
  element.replaceChildren();
  append(element, children);
  return element;
}

/** Sets text only where it differs, so that selections and screen readers are not disturbed by a refresh. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Calls `act` once `quietMs` have passed without another call. */
export function debounce(act, quietMs) {
  let timer = 0;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => act(...values), quietMs);
  };
}

/** Whether the main pointer is a finger. */
export function isCoarse() {
  return matchMedia('(pointer: coarse)').matches;
}
