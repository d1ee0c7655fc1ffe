/** One measured number and what it is held against, both from the same run. */
export interface Figure {
  readonly name: string;
  readonly unit: string;
  readonly better: 'less' | 'more';
  readonly value: number;
  readonly samples: number;
  /** How it was obtained, in a sentence. */
  readonly how: string;
  /** Absent where the figure itself is what others are held against. */
  readonly baseline?: Baseline;
}

export interface Baseline {
  readonly name: string;
  /** In the figure's unit. */
  readonly value: number;
  readonly samples: number;
  readonly how: string;
}

/** What a measurement brought: its figures, and what a reader must know besides. */
export interface Measured {
  readonly figures: readonly Figure[];
  readonly notes: readonly string[];
  /** Versions of the software that it was held against. */
  readonly peers?: Readonly<Record<string, string>>;
}

export interface MeasureContext {
  /** A folder of real bundles; absent: the repository's own examples. */
  readonly corpus?: string;
  /** Whether the parts of a figure are notes, too, where it has any. */
  readonly verbose: boolean;
  /** Tells whoever waits what is being done. */
  readonly say: (what: string) => void;
}

export interface Measurement {
  readonly name: string;
  /** @throws with the reason when it cannot be had */
  readonly measure: (context: MeasureContext) => Promise<Measured>;
}

/** How many times the baseline a figure is. */
export function ratioOf({ value, baseline }: Pick<Figure, 'value' | 'baseline'>): number | undefined {
  return baseline && baseline.value > 0 ? value / baseline.value : undefined;
}
