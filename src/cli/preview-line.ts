import type { Outcome, PreviewLine } from '../fleet/index.ts';

/** What the server tells, line by line. */
export type StreamedLine = Exclude<PreviewLine, { line: 'thing' }> | NamedThing;
export type NamedThing = PreviewLine & { line: 'thing' } & { readonly name: string; readonly outcome: Outcome };
export type PreviewBegin = PreviewLine & { line: 'begin' };
export type PreviewEnd = PreviewLine & { line: 'end' };
