/** How long a deployment may take before Deuteron itself does something about it. */
export interface DeploymentLimits {
  /** From its begin at the provider; then it is cancelled (a deletion fails: no provider stops one). */
  readonly deploymentMs: number;
  /** From the cancel; then it fails, and what the provider still does is left to it. */
  readonly cancelMs: number;
  /** How long a plan waits for its approval; then the deployment fails. */
  readonly approvalMs: number;
}

const hourMs = 60 * 60 * 1000;

/** Generous: a first database cluster takes hours at a real provider. */
export const usualLimits: DeploymentLimits = {
  deploymentMs: 12 * hourMs,
  cancelMs: 6 * hourMs,
  approvalMs: 14 * 24 * hourMs,
};

/** How often the provider is asked: quickly at first, then less and less, so that many deployments stay cheap. */
export interface Polling {
  readonly msMin: number;
  readonly msMax: number;
  /** How often the provider's events are fetched while it works. */
  readonly eventsMs: number;
}

export const usualPolling: Polling = { msMin: 100, msMax: 5_000, eventsMs: 5_000 };

const growth = 1.5;
const unavailableMsMax = 30_000;

/** Pauses between one look and the next. */
export class Pauses {
  readonly #polling: Polling;
  #ms: number;

  constructor(polling: Polling) {
    this.#polling = polling;
    this.#ms = polling.msMin;
  }

  /** After the provider answered. */
  next(): number {
    const ms = Math.min(this.#ms, this.#polling.msMax);
    this.#ms = ms * growth;
    return ms;
  }

  /** After the provider could not be asked: with jitter, so that many who wait do not come back together. */
  afterUnavailable(): number {
    this.#ms = Math.min(Math.max(this.#ms * 2, this.#polling.msMin), unavailableMsMax);
    return this.#ms / 2 + (Math.random() * this.#ms) / 2;
  }

  /** Something changed: look soon again. */
  restart(): void {
    this.#ms = this.#polling.msMin;
  }
}

/** In words: `20 minutes`, `6 hours`. */
export function duration(ms: number): string {
  const [amount, unit] =
    ms >= 2 * hourMs ? [ms / hourMs, 'hours'] : ms >= 120_000 ? [ms / 60_000, 'minutes'] : [ms / 1000, 'seconds'];
  return `${Math.round(amount * 10) / 10} ${unit}`;
}
