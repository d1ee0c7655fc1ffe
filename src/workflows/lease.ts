/**
 * For how long a process may believe that its work is still its own. It holds a lease from each beat that reached the
 * database, and lets go well before others may declare it dead.
 */
export class Lease {
  readonly #ms: number;
  readonly #clocks: Clocks;
  #since: Instant;

  constructor(ms: number, clocks: Clocks = systemClocks) {
    this.#ms = ms;
    this.#clocks = clocks;
    this.#since = this.now();
  }

  /** To be asked before the beat is sent: what takes long on its way counts against us. */
  now(): Instant {
    return { steady: this.#clocks.steady(), wall: this.#clocks.wall() };
  }

  renew(sentAt: Instant): void {
    this.#since = sentAt;
  }

  /** Since the last beat that arrived. */
  ageMs(): number {
    const { steady, wall } = this.now();
    return Math.max(steady - this.#since.steady, wall - this.#since.wall);
  }

  isHeld(): boolean {
    return this.ageMs() < this.#ms;
  }
}

export interface Instant {
  readonly steady: number;
  readonly wall: number;
}

/** Two clocks, in ms: the steady one may stand still while the machine sleeps, the other may be set. The later counts. */
export interface Clocks {
  steady(): number;
  wall(): number;
}

const systemClocks: Clocks = { steady: () => performance.now(), wall: () => Date.now() };
