// What the server has answered to each question: asked again, it says "unchanged" instead of the same figures. Pure.

/** Questions remembered: more than a page of panels asks. */
const QUESTIONS_MAX = 200;

export class KnownAnswers {
  constructor() {
    this.answers = new Map();
    /** What was known of a question when it was sent: meanwhile another one's answer may have come. */
    this.sent = new WeakMap();
  }

  // A range that follows the clock moves on with each asking; whether the figures are the same is for the server to say.
  key(query) {
    return JSON.stringify({ ...query, from: undefined, to: undefined, max_age: undefined, ago: agoOf(query) });
  }

  /** `query` with the hash of the answer that is known. */
  mark(query) {
    const answer = this.answers.get(this.key(query));
    if (answer?.hash === undefined) return query;
    this.sent.set(query, answer);
    return { ...query, known: answer.hash };
  }

  /** The answer that `result` stands for. */
  take(query, result) {
    const key = this.key(query);
    const answer = result.unchanged ? this.sent.get(query) ?? this.answers.get(key) : result;
    this.answers.delete(key);
    if (answer?.hash !== undefined) this.answers.set(key, answer);
    if (this.answers.size > QUESTIONS_MAX) this.answers.delete(this.answers.keys().next().value);
    return answer;
  }
}

// The same question about the time before is another question: how many lengths of its range ago it ends tells them apart, whichever way the clock moves.
function agoOf({ from, to }) {
  const [start, end] = [Date.parse(from), Date.parse(to)];
  return end > start ? Math.round((Date.now() - end) / (end - start)) : undefined;
}
