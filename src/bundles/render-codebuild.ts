import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import { parseTemplate, type RenderLimits, renderTemplate } from '../jinja/index.ts';
import { type Bundle, bundleText, manifestPath, type PartName, partDirectories } from './bundle.ts';
import { type CodebuildSettings, type ManifestTemplate, readManifest } from './manifest.ts';
import type { RenderingData } from './namespaces.ts';
import { hclValue, protonJson, provisioningData } from './provisioning-data.ts';

export type RenderCodebuildRefusal = Refusal<'part-not-codebuild'>;

/** A file that commands find in their working directory. */
export interface InputsFile {
  readonly name: string;
  readonly text: string;
}

/**
 * The commands of a codebuild manifest for one purpose, filled in, and the settings that they run with. What is wrong
 * with the commands of the other purpose does not matter: a command that fails to render must not keep anybody from
 * deprovisioning. Source: roadmap issue 81.
 * @refuses part-not-codebuild, and a text that cannot be rendered, with its place in the manifest
 */
export function renderCodebuild(
  bundle: Bundle,
  part: PartName,
  purpose: 'provision' | 'deprovision',
  data: RenderingData,
  limits?: Partial<RenderLimits>,
): Result<CodebuildSettings> {
  const path = manifestPath(partDirectories[part]);
  const { manifest, templates } = readManifest(bundleText(bundle, path) ?? '', path);
  if (manifest?.method !== 'codebuild') {
    return refuse<RenderCodebuildRefusal['code']>({
      kind: 'invalid',
      code: 'part-not-codebuild',
      message: `The ${part} part of the bundle has no usable codebuild manifest.`,
      remedy: 'Use a version whose manifest says "rendering_engine: codebuild".',
    });
  }
  const { provision, deprovision, ...settings } = manifest.settings;
  const commands = purpose === 'provision' ? provision : deprovision;
  const rendered = renderTexts({ ...settings, commands }, data, templates, limits);
  if (!rendered.ok) return rendered;
  const { commands: filledIn, ...rest } = rendered.value as typeof settings & { readonly commands: readonly string[] };
  return accept({ ...rest, provision: [], deprovision: [], [purpose]: filledIn });
}

/** Every text of the data, at any depth, rendered as a template of its own. */
function renderTexts(
  value: unknown,
  data: RenderingData,
  templates: readonly ManifestTemplate[],
  limits?: Partial<RenderLimits>,
): Result<unknown> {
  if (typeof value === 'string') {
    const position = templates.find(({ text }) => text === value)?.position;
    const template = parseTemplate(value, position?.file ?? '');
    const rendered = template.ok ? renderTemplate(template.value, data, { limits }) : template;
    if (rendered.ok) return accept(rendered.value.text);
    return { ok: false, refusal: { ...rendered.refusal, position: position ?? rendered.refusal.position } };
  }
  if (typeof value !== 'object' || value === null) return accept(value);
  const members: [string, unknown][] = [];
  for (const [key, member] of Object.entries(value)) {
    const rendered = renderTexts(member, data, templates, limits);
    if (!rendered.ok) return rendered;
    members.push([key, rendered.value]);
  }
  return accept(Array.isArray(value) ? members.map(([, member]) => member) : Object.fromEntries(members));
}

/** What the commands read: `proton-inputs.json`, or `proton-inputs.tfvars` where the manifest asks for HCL. */
export function codebuildInputs(
  part: PartName,
  data: RenderingData,
  inputType: CodebuildSettings['inputType'],
): InputsFile {
  const values = provisioningData(part, data);
  if (inputType === 'JSON') return { name: 'proton-inputs.json', text: protonJson(values) };
  const lines = Object.entries(values).map(([key, value]) => `${key} = ${hclValue(value)}\n`);
  return { name: 'proton-inputs.tfvars', text: lines.join('') };
}
