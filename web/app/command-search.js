// Finding a command by what is typed: every word must begin some word of it, or stand in it. Pure.

/** What a label is typed as comes before labels that merely hold the words: `provider: open` finds openai before azure.ai.openai. */
const WHOLE = 40;
const BEGINNING = 20;

/**
 * Those of `commands` (`{label, group?, detail?, words?}`) that fit `text`, the best first, at most `max`. Without text all of them
 * in their order.
 */
export function findCommands(commands, text, max) {
  const typed = text.toLowerCase().trim();
  const words = typed.split(/\s+/).filter(Boolean);
  if (words.length === 0) return commands.slice(0, max);
  return commands.map((command, index) => ({ command, index, score: scoreOf(command, words, typed) })).filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.index - b.index).slice(0, max).map(({ command }) => command);
}

function scoreOf(command, words, typed) {
  const label = command.label.toLowerCase();
  const all = `${label} ${command.group ?? ''} ${command.detail ?? ''} ${command.words ?? ''}`.toLowerCase();
  let score = label === typed ? WHOLE : label.startsWith(typed) ? BEGINNING : 0;
  for (const word of words) {
    if (label.startsWith(word)) score += 8;
    else if (beginsWord(label, word)) score += 5;
    else if (label.includes(word)) score += 3;
    else if (beginsWord(all, word)) score += 2;
    else if (all.includes(word)) score += 1;
    else return 0;
  }
  return score;
}

function beginsWord(text, word) {
  return text.split(/[^\p{L}\p{N}_$]+/u).some((part) => part.startsWith(word));
}
