import documentedProse from './data/documented-prose.json' with { type: 'json' };
import documentedUpdates from './data/documented-updates.json' with { type: 'json' };
import type { TemplatePath } from './source-positions.ts';

/** What the user guide says under "Update requires". */
export type DocumentedUpdate = 'in-place' | 'interruption' | 'replacement' | 'unsupported';

const prose: Readonly<Record<string, Readonly<Record<string, string>>>> = documentedProse.types;
const specified: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = documentedUpdates;
const wordOfSection: Readonly<Record<string, DocumentedUpdate>> = {
  inPlace: 'in-place',
  interruption: 'interruption',
  replacement: 'replacement',
};
const gravity: readonly DocumentedUpdate[] = ['in-place', 'interruption', 'replacement', 'unsupported'];

/** The gravest thing said of the property at `path` or of one around it; undefined: nothing beyond the schemas. */
export function documentedUpdate(type: string, path: TemplatePath): DocumentedUpdate | undefined {
  const said: DocumentedUpdate[] = [];
  const corrected = Object.entries(prose[type] ?? {}).filter(([pattern]) => liesIn(pattern, path));
  for (const [, word] of corrected) said.push(word as DocumentedUpdate);
  if (corrected.length === 0) {
    for (const [section, patterns] of Object.entries(specified[type] ?? {})) {
      if (patterns.some((pattern) => liesIn(pattern, path))) said.push(wordOfSection[section]!);
    }
  }
  return said.sort((a, b) => gravity.indexOf(b) - gravity.indexOf(a))[0];
}

/** Whether `path` is what the pattern names, or lies inside of it. */
export function liesIn(pattern: string, path: TemplatePath): boolean {
  const names = pattern.split('/');
  return names.length <= path.length && names.every((name, index) => name === '*' || name === String(path[index]));
}
