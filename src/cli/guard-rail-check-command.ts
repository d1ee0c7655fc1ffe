import { dirname } from 'node:path/posix';
import { originOf, type RenderedPart } from '../bundles/index.ts';
import { accept, type Result } from '../errors/index.ts';
import type { RailSetting } from '../guard-rails/index.ts';
import { readGivenFile } from './given-file.ts';
import { renderFolder } from './render-command.ts';

export interface CheckRailsFlags {
  readonly kind: 'environment' | 'service';
  readonly spec: string;
  readonly instance?: string;
  readonly output: Readonly<Record<string, string>>;
  readonly settings?: string;
  readonly environmentClass?: string;
  readonly region: string;
  readonly accountId: string;
  readonly json: boolean;
}

/** Holds what a bundle renders to against the built-in guard rails. @returns the exit code: 0, or 3 where something blocks */
export async function checkRails(folder: string, flags: CheckRailsFlags): Promise<Result<number>> {
  const { kind, spec, instance, output: outputs, accountId, region } = flags;
  const rendered = await renderFolder(folder, { kind, spec, instance, outputs });
  if (!rendered.ok) return rendered;
  // what a server has many of is loaded only where it is needed
  const { blockingFindings, builtInRails, describeReport, inspectTemplate, railsInForce } = await import(
    '../guard-rails/index.ts'
  );
  const { childTemplatesBeside } = await import('../changes/index.ts');
  const settings = flags.settings === undefined ? accept([]) : await readSettings(flags.settings);
  if (!settings.ok) return settings;
  const units = [...new Set(['organization', ...settings.value.map(({ scope }) => scope.unit)])];
  const inForce = railsInForce(
    builtInRails,
    settings.value,
    {
      arn: folder,
      kind: kind === 'environment' ? 'environment' : 'service-instance',
      unitPath: units,
      environmentClass: flags.environmentClass,
      accountIds: [accountId],
      labels: {},
    },
    [],
  );
  const { text: template, file } = rendered.value;
  const report = inspectTemplate(
    inForce,
    {
      template,
      children: childTemplatesBeside(rendered.value),
      folder: dirname(file),
      stackName: 'checked',
      placements: [{ accountId, region }],
      tagKeys: [],
      sourceAt: (line) => sourceOf(rendered.value, line),
      hide: (text) => text,
    },
    new Date(),
  );
  const blocking = blockingFindings(report).length;
  if (flags.json) console.log(JSON.stringify(report, null, 2));
  else {
    for (const line of describeReport(report)) console.log(line);
    console.log(
      `${blocking} block, ${report.findings.length - blocking} do not; ${report.passed.length} guard rails passed.`,
    );
  }
  return accept(blocking > 0 ? 3 : 0);
}

async function readSettings(file: string): Promise<Result<readonly RailSetting[]>> {
  const { builtInRails, readSettingsFile } = await import('../guard-rails/index.ts');
  const text = await readGivenFile(file);
  return text.ok ? readSettingsFile(text.value, file, builtInRails) : text;
}

const columnsMax = 500;

/** Where a line comes from, and the inputs that were read for any of it. */
function sourceOf(rendered: RenderedPart, line: number) {
  const text = rendered.text.split('\n')[line - 1] ?? '';
  const first = Math.max(text.search(/\S/), 0) + 1;
  const origin = originOf(rendered, line, first);
  if (!origin) return undefined;
  const inputs = new Set<string>();
  for (let column = first; column <= Math.min(text.length, columnsMax); column += 1)
    for (const input of originOf(rendered, line, column)?.inputs ?? []) inputs.add(input);
  return { position: origin.position, inputs: [...inputs] };
}
