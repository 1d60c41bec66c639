// Stepping from record to record: the side panel asks which comes next, the table knows.

import { current, navigate } from '../router.js';

let table = null;

export const steps = {
  /** The table whose order is followed, or null. */
  follow(next) { table = next; },

  /** Opens a record; the first one is a step for the back button, further ones are not. */
  open(id) {
    navigate({ open: id }, { replace: Boolean(current().open) });
  },

  /** Closes the side panel. */
  close() {
    if (current().open) navigate({ open: '' });
  },

  /** Where the open record stands in the table: `{index, count}`; index -1 when it is not there. */
  place() {
    const records = table?.records ?? [];
    return { index: records.findIndex((record) => record.id === current().open), count: records.length };
  },

  /** Opens the record `direction` further down (1) or up (-1); loads more at the end. Without an open record the first. */
  async by(direction) {
    if (!table?.records.length) return;
    const { index, count } = this.place();
    const target = index < 0 ? 0 : index + direction;
    if (target >= count && table.cursor) await table.loadMore();
    const record = table.records[target];
    if (record) this.open(record.id);
  },
};
