// What the server has answered to each question: asked again, it says "unchanged" instead of the same figures. Pure.

/** Questions remembered: more than a page of panels asks. */
const QUESTIONS_MAX = 200;

export class KnownAnswers {
  constructor() {
    this.answers = new Map();
  }

  // A range that follows the clock moves on with each asking; whether the figures are the same is for the server to say.
  key(query) {
    return JSON.stringify({ ...query, from: undefined, to: undefined });
  }

  /** `query` with the hash of the answer that is known. */
  mark(query) {
    const hash = this.answers.get(this.key(query))?.hash;
    return hash === undefined ? query : { ...query, known: hash };
  }

  /** The answer that `result` stands for. */
  take(query, result) {
    const key = this.key(query);
    const answer = result.unchanged ? this.answers.get(key) : result;
    this.answers.delete(key);
    if (answer?.hash !== undefined) this.answers.set(key, answer);
    if (this.answers.size > QUESTIONS_MAX) this.answers.delete(this.answers.keys().next().value);
    return answer;
  }
}
