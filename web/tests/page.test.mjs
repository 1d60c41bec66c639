import test from 'node:test';
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const web = join(dirname(fileURLToPath(import.meta.url)), '..');
const modules = readdirSync(join(web, 'app'), { recursive: true }).filter((name) => name.endsWith('.js')).map((name) => `app/${name}`).sort();
const page = readFileSync(join(web, 'index.html'), 'utf8');

/** What a module imports: at once, and later. */
function imports(name) {
  const text = readFileSync(join(web, name), 'utf8');
  const paths = (pattern) => [...text.matchAll(pattern)].map(([, target]) => join(dirname(name), target));
  return { atOnce: paths(/from '(\.[^']+)'/g), later: paths(/\bimport\('(\.[^']+)'\)/g) };
}

/** The modules that must be there before `name` runs. */
function neededBy(name, found = new Set()) {
  for (const path of imports(name).atOnce) if (!found.has(path)) neededBy(path, found.add(path));
  return found;
}

test('the page preloads once each module that it cannot start without, and no other', () => {
  const listed = [...page.matchAll(/rel="modulepreload" href="\/([^"]+)"/g)].map((match) => match[1]).sort();
  assert.deepEqual(listed, [...neededBy('app/main.js')].sort());
});

test('the page names no other host and holds no script of its own', () => {
  assert.doesNotMatch(page, /(src|href)="(https?:)?\/\//);
  assert.doesNotMatch(page, /<script>|\son\w+=/);
});

test('modules import only modules that exist and are imported themselves', () => {
  const used = new Set(['app/main.js', 'app/early-theme.js']);
  for (const name of modules) {
    const { atOnce, later } = imports(name);
    for (const path of [...atOnce, ...later]) {
      assert.ok(modules.includes(path), `${name} imports ${path}`);
      used.add(path);
    }
  }
  assert.deepEqual(modules.filter((name) => !used.has(name)), []);
});

test('names are imported only where they are used', () => {
  for (const name of modules) {
    const text = readFileSync(join(web, name), 'utf8');
    const body = text.replace(/^import .*$/gm, '');
    for (const [, list] of text.matchAll(/^import \{([^}]+)\} from/gm)) {
      for (const item of list.split(',')) assert.match(body, new RegExp(`\\b${item.trim().split(' as ').pop()}\\b`), `${name}: ${item.trim()}`);
    }
  }
});
