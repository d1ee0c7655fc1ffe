import type { Arbitrary } from 'fast-check';

/** One place where texts and bytes of strangers come in. */
export interface Surface<Input> {
  readonly name: string;
  /** How many of ten thousand inputs are for it. */
  readonly share: number;
  /** Opened once for a run; what it starts is ended by `close`. */
  open(world: World): Promise<OpenSurface<Input>>;
}

export interface OpenSurface<Input> {
  /** Grown from valid inputs. Equal seeds give equal inputs. */
  readonly inputs: Arbitrary<Input>;
  /**
   * Throws when the answer is none that a stranger may get.
   * @returns `taken`, or the code of the refusal
   */
  tryInput(input: Input): string | Promise<string>;
  /** Throws when a valid input is not taken any more. Asked after every round. */
  stillServes?(): void | Promise<void>;
  close?(): Promise<void>;
}

/** What a surface may ask for. */
export interface World {
  /** A running installation with its simulated cloud, one for all surfaces of a run. */
  installation(): Promise<Installation>;
}

export interface Installation {
  readonly url: string;
  readonly cloudUrl: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Throws when the server has logged a failure of its own since it was asked last, whatever it answered. */
  expectNoFailureLogged(): void;
}

/** Keeps the inputs' type where it belongs: inside. */
export interface AnySurface {
  readonly name: string;
  readonly share: number;
  open(world: World): Promise<OpenSurface<unknown>>;
}

export function surface<Input>(given: Surface<Input>): AnySurface {
  return given as AnySurface;
}
