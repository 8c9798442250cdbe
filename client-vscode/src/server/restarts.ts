/** How often in which time a server that ended by itself is started again. */
export const MOST_RESTARTS = 4;
export const WITHIN = 3 * 60_000;

/** Remembers when the server ended; `now` is in milliseconds. */
export class Restarts {
  #ended: number[] = [];

  /** Shall it be started again, now that it ended? */
  again(now: number): boolean {
    this.#ended = [...this.#ended.filter((time) => now - time < WITHIN), now];
    return this.#ended.length <= MOST_RESTARTS;
  }
}
