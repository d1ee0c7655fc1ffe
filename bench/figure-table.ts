import { type Figure, ratioOf } from './figure.ts';

/** How a measurement ended. */
export type Ended =
  | { readonly name: string; readonly figures: readonly Figure[]; readonly notes: readonly string[] }
  | { readonly name: string; readonly failed: string };

const header = ['', 'value', 'baseline', 'ratio', 'samples', 'held against'] as const;
const rightAligned = new Set([1, 2, 3, 4]);

/** All measurements as a person reads them: one block each, one line a figure, the columns under each other. */
export function figureTable(ended: readonly Ended[]): string {
  const rows = ended.flatMap((each) => ('failed' in each ? [] : each.figures.map(cells)));
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => (rightAligned.has(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!)))
      .join('  ')
      .trimEnd();
  const blocks = ended.map((each) => {
    if ('failed' in each) return `${each.name}\n  failed: ${each.failed}`;
    const notes = each.notes.map((note) => `  ${note}`);
    return [each.name, ...each.figures.map((figure) => `  ${line(cells(figure))}`), ...notes].join('\n');
  });
  return [...(rows.length === 0 ? [] : [`  ${line(header)}`]), ...blocks].join('\n');
}

function cells(figure: Figure): readonly string[] {
  const { name, unit, value, samples, baseline } = figure;
  const ratio = ratioOf(figure);
  return [
    name,
    `${significant(value)} ${unit}`,
    baseline ? `${significant(baseline.value)} ${unit}` : '',
    ratio === undefined ? '' : `${significant(ratio)} x`,
    String(samples),
    baseline?.name ?? '',
  ];
}

/** Three digits that mean something; whole numbers above a hundred. */
export function significant(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return value === 0 ? '0' : value.toPrecision(3);
}
