// A page of one's own from nothing: its name and its question are enough to begin.

import { dashboardList, loadDashboards } from '../dashboards.js';
import { LEAVING } from '../navigation.js';
import { toast } from '../popover.js';
import { navigate } from '../router.js';
import { saveDashboard } from './dashboard-files.js';
import { slug } from './draft.js';
import { ask } from './editor.js';

/** Asks for a title and makes the page. */
export function openNewPage() {
  ask('New page', [['title', 'Title', ''], ['question', 'What does it answer?', 'How is it going?']], async ({ title, question }) => {
    const taken = new Set((dashboardList() ?? []).map(({ id }) => id));
    const wish = slug(title) || 'page';
    let id = wish;
    for (let number = 2; taken.has(id); number += 1) id = `${wish}-${number}`;
    const text = question.trim().endsWith('?') ? question.trim() : `${question.trim() || 'How is it going'}?`;
    try {
      await saveDashboard(id, { id, title: title.trim() || id, question: text, group: 'own', sections: [{ id: 'main', panels: [] }] }, 0, 'New page');
      await loadDashboards();
      navigate({ ...LEAVING, page: id });
    } catch (error) { toast(error.message); }
  });
}
