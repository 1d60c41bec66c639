// What is not saved yet: the browser and the navigation ask before it is lost.

let isDirty = () => false;

/** Says how to know whether something would be lost. */
export function guardLeaving(test) {
  isDirty = test;
}

/** Whether leaving is all right: nothing would be lost, or the person says so. */
export function mayLeave() {
  return !isDirty() || confirm('Leave without saving? Your changes of this page would be lost.');
}

addEventListener('beforeunload', (event) => { if (isDirty()) event.preventDefault(); });
