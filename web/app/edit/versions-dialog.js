// The versions of a dashboard: what changed with each, and going back to one.

import { h, replace } from '../dom.js';
import { openDialog, toast } from '../popover.js';
import { zone } from '../router.js';
import { formatInstant } from '../zone.js';
import { differenceOf, removeDashboard, saveDashboard, textOf, versionsOf } from './dashboard-files.js';
import { diffView } from './diff-view.js';

/**
 * @param {{id: string, origin: string, version: number}} dashboard  as it is saved
 * @param {() => void} onchange  called when the saved dashboard is another
 */
export async function openVersions(dashboard, onchange) {
  const host = h('div', { class: 'versions' }, h('p', { class: 'muted' }, 'Loading'));
  const close = openDialog('Versions', host, { className: 'dialog-wide' });
  const done = (text) => { close(); toast(text); onchange(); };
  const failed = (error) => replace(problem, error.message);
  const problem = h('p', { class: 'form-error', role: 'alert' });
  let versions = [];
  try { versions = await versionsOf(dashboard.id); } catch (error) { failed(error); }
  const view = h('div', { class: 'versions-diff' });
  const hasShipped = dashboard.origin !== 'own';
  const before = (index) => versions[index + 1]?.version ?? (hasShipped ? 0 : null);
  const restore = async (version) => {
    try {
      await saveDashboard(dashboard.id, await textOf(dashboard.id, version), dashboard.version, `Back to version ${version}`);
      done(`Version ${version} is back`);
    } catch (error) { failed(error); }
  };
  const reset = async () => {
    try {
      await removeDashboard(dashboard.id, dashboard.version);
      done('The shipped page is back');
    } catch (error) { failed(error); }
  };
  const show = async (version, from) => {
    try { replace(view, h('h3', {}, from === 0 ? `Version ${version} against the shipped page` : `What version ${version} changed`), diffView(await differenceOf(dashboard.id, from, version))); } catch (error) { failed(error); }
  };
  replace(host,
    versions.length === 0 ? h('p', { class: 'muted' }, 'This page is as it was shipped: nothing has been changed.') : h('ol', { class: 'versions-list' }, versions.map((version, index) => row(version, index))),
    dashboard.origin === 'changed' && h('p', {}, h('button', { type: 'button', class: 'button', onclick: reset }, 'Reset to the shipped page')),
    problem, view);

  function row({ version, time, message, deleted }, index) {
    const from = before(index);
    const isNow = version === dashboard.version;
    return h('li', { class: 'version' },
      h('div', {}, h('strong', {}, `Version ${version}`), isNow && h('span', { class: 'tag' }, 'now'), deleted && h('span', { class: 'tag' }, 'removed'),
        h('div', { class: 'muted' }, `${formatInstant(Date.parse(time), zone())}${message ? ` \u00b7 ${message}` : ''}`)),
      h('div', { class: 'version-tools' },
        from !== null && h('button', { type: 'button', class: 'button small', onclick: () => show(version, from) }, 'What changed'),
        hasShipped && from !== 0 && h('button', { type: 'button', class: 'button small', onclick: () => show(version, 0) }, 'Against shipped'),
        !isNow && !deleted && h('button', { type: 'button', class: 'button small', onclick: () => restore(version) }, 'Restore')));
  }
}
