import type { Preview } from './preview-fleet.ts';
import type { PreviewedThing, PreviewLine } from './preview-line.ts';
import { nameOf, outcomeOf } from './preview-summary.ts';

/** `ndjson`: each line as it comes. `json`: one document. `csv`: a row for each thing, RFC 4180. */
export const previewFormats = ['ndjson', 'json', 'csv'] as const;
export type PreviewFormat = (typeof previewFormats)[number];

export const previewContentTypes = {
  ndjson: 'application/x-ndjson',
  json: 'application/json',
  csv: 'text/csv',
} as const satisfies Record<PreviewFormat, string>;

/** A preview as text, written while it goes. */
export async function* previewText(preview: Preview, format: PreviewFormat): AsyncGenerator<string, void> {
  if (format === 'csv') yield csvHead;
  let count = 0;
  for await (const line of preview) {
    const text = textOf[format](line, count);
    if (line.line === 'thing') count += 1;
    if (text !== '') yield text;
  }
}

const textOf = {
  ndjson: (line) => `${JSON.stringify(shown(line))}\n`,
  json: jsonText,
  csv: (line) => (line.line === 'thing' ? csvRow(line) : ''),
} as const satisfies Record<PreviewFormat, (line: PreviewLine, count: number) => string>;

/** With the words that a reader would otherwise have to put together. */
function shown(line: PreviewLine): object {
  return line.line === 'thing' ? { ...line, name: nameOf(line), outcome: outcomeOf(line) } : line;
}

function jsonText(line: PreviewLine, count: number): string {
  switch (line.line) {
    case 'begin': {
      const { line: _, of: __, ...head } = line;
      return `${JSON.stringify(head).slice(0, -1)},"things":[`;
    }
    case 'thing': {
      const { line: _, ...thing } = shown(line) as { line: string };
      return `${count === 0 ? '' : ','}\n${JSON.stringify(thing)}`;
    }
    case 'progress':
      return '';
    case 'end': {
      const { line: _, ...summary } = line;
      return `\n],"summary":${JSON.stringify(summary)}}\n`;
    }
  }
}

const columns = {
  outcome: outcomeOf,
  name: nameOf,
  part: ({ part }) => part,
  environment: ({ environment }) => environment,
  service: ({ service }) => service,
  instance: ({ instance }) => instance,
  deployed: ({ deployed }) => deployed,
  owner: ({ owner }) => owner,
  unit: ({ unit }) => unit,
  class: ({ environmentClass }) => environmentClass,
  code: ({ blocker, findings }) => blocker?.code ?? findings?.[0]?.code,
  reason: ({ blocker, findings, why }) => blocker?.message ?? findings?.[0]?.message ?? why,
  flags: ({ flags }) => flags?.join(' '),
  changes: ({ resources }) => resources?.map(({ logicalId, impact }) => `${logicalId} ${impact}`).join('; '),
  arn: ({ arn }) => arn,
} as const satisfies Record<string, (thing: PreviewedThing) => string | undefined>;

export const csvHead = `${Object.keys(columns).join(',')}\r\n`;

export function csvRow(thing: PreviewedThing): string {
  return `${Object.values(columns)
    .map((cell) => csvCell(cell(thing) ?? ''))
    .join(',')}\r\n`;
}

/** A spreadsheet would take what begins like a formula for one. */
function csvCell(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
