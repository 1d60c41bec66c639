// The answers of the snapshot that is shown. While there are any, panels get these and nothing is asked of the server.

let answers = null;

/** Makes `kept` (answers by panel) the ones that panels get; null ends it. */
export function keepFrozen(kept) {
  answers = kept;
}

/** The kept answers by panel, null while no snapshot is shown. */
export function frozenAnswers() {
  return answers;
}
