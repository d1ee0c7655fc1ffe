import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A folder of real bundles with what is expected of them: bundles.json, expected/cases.json, expected/inputs.json.
 * Either list of expectations may be missing.
 */
export interface CorpusFolder {
  readonly root: string;
  readonly bundles: readonly CorpusBundle[];
  readonly renderings: readonly RenderCase[];
  readonly inputs: readonly InputsCase[];
  read(path: string): string;
}

export interface CorpusBundle {
  readonly id: string;
  readonly path: string;
  readonly kind: 'environment' | 'service' | 'component';
  readonly engine: string;
  readonly specs: readonly string[];
  readonly matched_specs?: readonly { readonly path: string; readonly fits: boolean }[];
  readonly findings: readonly string[];
}

export interface RenderCase {
  readonly id: string;
  readonly bundle: string;
  readonly template: string;
  readonly scope: string;
  readonly label: string;
  readonly context: string;
  readonly compare: 'text' | 'yaml';
  readonly expected?: string;
  readonly error?: string;
}

export interface ResolvedCase {
  readonly given: Readonly<Record<string, unknown>>;
  readonly resolved: Readonly<Record<string, unknown>>;
}

export interface InputsCase {
  readonly bundle: string;
  readonly label: string;
  readonly spec: string | null;
  readonly environment?: ResolvedCase;
  readonly pipeline?: ResolvedCase;
  readonly service_instances?: readonly (ResolvedCase & { readonly name: string; readonly environment: string })[];
}

export function openCorpus(root: string): CorpusFolder {
  const read = (path: string) => readFileSync(join(root, path), 'utf8');
  const list = (path: string) => (existsSync(join(root, path)) ? JSON.parse(read(path)) : []);
  const bundles: CorpusBundle[] = JSON.parse(read('bundles.json'));
  return {
    root,
    read,
    bundles: bundles.map((bundle) => ({ ...bundle, specs: bundle.specs ?? [], findings: bundle.findings ?? [] })),
    renderings: list('expected/cases.json'),
    inputs: list('expected/inputs.json'),
  };
}

/** How one kind of check went: every miss with its reason. */
export interface Score {
  readonly passed: number;
  readonly total: number;
  readonly misses: readonly string[];
  /** What was not counted, with the reason. */
  readonly leftOut?: readonly string[];
}

export interface Outcome {
  readonly name: string;
  readonly miss?: string;
}

export function scoreOf(outcomes: readonly Outcome[]): Score {
  const misses = outcomes.flatMap(({ name, miss }) => (miss === undefined ? [] : [`${name}: ${miss}`]));
  return { passed: outcomes.length - misses.length, total: outcomes.length, misses };
}

/** Whatever a case throws, a missing file for one, is the miss of that case alone. */
export async function outcomeOf(
  name: string,
  miss: () => string | undefined | Promise<string | undefined>,
): Promise<Outcome> {
  try {
    return { name, miss: await miss() };
  } catch (error) {
    return { name, miss: error instanceof Error ? error.message : String(error) };
  }
}
