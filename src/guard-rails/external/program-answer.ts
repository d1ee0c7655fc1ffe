import type { Problem } from '../guard-rail.ts';

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
