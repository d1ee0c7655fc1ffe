import type { EvaluatedTemplate } from '../evaluated-template.ts';
import type { Problem } from '../guard-rail.ts';
import type { Parameters } from '../parameter-rule.ts';
import type { ProgramEnd, ProgramRun } from './run-program.ts';

/** What a program is shown of one account and region. */
export interface Shown {
  readonly template: string;
  readonly region: string;
  /** Evaluated; what is not known is the expression that would give it. */
  readonly stack: EvaluatedTemplate;
  readonly parameters: Parameters;
}

/** How a program is asked, and how its answer is read. Reading may throw on what is no JSON. */
export interface Look {
  readonly run: (shown: Shown) => Pick<ProgramRun, 'args' | 'files' | 'input'>;
  readonly read: (
    answer: Extract<ProgramEnd, { readonly end: 'exit' }>,
    shown: Pick<Shown, 'parameters'>,
  ) => ProgramAnswer;
}

/** What a program found, or why it could not be understood. */
export type ProgramAnswer = { readonly problems: readonly Problem[] } | { readonly failed: string };

/** @param path in the template, as in `Resources/Bucket/Properties/BucketName` */
export function pathProblem(path: readonly (string | number)[]): Pick<Problem, 'logicalId' | 'property'> {
  const [section, logicalId, properties, ...rest] = path.map(String);
  if (section !== 'Resources' || logicalId === undefined) return {};
  return { logicalId, ...(properties === 'Properties' && rest.length > 0 && { property: rest.join('/') }) };
}

/** A finding as programs write it; undefined when it is none. */
export function problemOf(given: unknown): Problem | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  const { message, logicalId, property, line, remedy } = given as Record<string, unknown>;
  if (typeof message !== 'string' || message === '') return undefined;
  const text = (name: string, value: unknown) => (typeof value === 'string' && value !== '' ? { [name]: value } : {});
  return {
    message: message.slice(0, 2000),
    ...text('logicalId', logicalId),
    ...text('property', property),
    ...text('remedy', remedy),
    ...(Number.isSafeInteger(line) && (line as number) > 0 && { line: line as number }),
  };
}
