import type { ComparisonJson, VersionReport } from '../changes/index.ts';

/** A report as the native API gives it. */
export type ReportAnswer =
  | { readonly kind: 'first' }
  | {
      readonly kind: 'compared';
      readonly against: string;
      readonly bump: 'minor' | 'major';
      readonly comparison: ComparisonJson;
      /** What forces a larger step. */
      readonly tooSmall?: string;
    };

export function reportOf(answer: ReportAnswer): VersionReport {
  if (answer.kind === 'first') return answer;
  const { kind, against, bump, comparison } = answer;
  return { kind, against: versionOf(against), bump, comparison };
}

export function versionOf(text: string): { readonly major: number; readonly minor: number } {
  const [major = 0, minor = 0] = text.split('.').map(Number);
  return { major, minor };
}
