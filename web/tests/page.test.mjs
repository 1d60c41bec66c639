import test from 'node:test';
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const web = join(dirname(fileURLToPath(import.meta.url)), '..');
const modules = readdirSync(join(web, 'app'), { recursive: true }).filter((name) => name.endsWith('.js')).map((name) => `app/${name}`).sort();
const page = readFileSync(join(web, 'index.html'), 'utf8');

test('the page preloads every module once', () => {
  const listed = [...page.matchAll(/rel="modulepreload" href="\/([^"]+)"/g)].map((match) => match[1]).sort();
  assert.deepEqual(listed, modules.filter((name) => !['app/main.js', 'app/early-theme.js'].includes(name)));
});

test('the page names no other host and holds no script of its own', () => {
  assert.doesNotMatch(page, /(src|href)="(https?:)?\/\//);
  assert.doesNotMatch(page, /<script>|\son\w+=/);
});

test('modules import only modules that exist and are imported themselves', () => {
  const used = new Set(['app/main.js', 'app/early-theme.js']);
  for (const name of modules) {
    for (const [, target] of readFileSync(join(web, name), 'utf8').matchAll(/from '(\.[^']+)'/g)) {
      const path = join(dirname(name), target);
      assert.ok(modules.includes(path), `${name} imports ${target}`);
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
