import { parseTemplate } from '../jinja/index.ts';
import type { PartName } from './bundle.ts';
import { checkNames } from './check-template.ts';
import { errorFinding, type Finding } from './finding.ts';
import type { ManifestTemplate } from './manifest.ts';
import type { ParameterSchema } from './parameter-schema.ts';

/**
 * Checks the texts of a codebuild manifest: each is a template of its own, so that one that fails (to provision) cannot
 * keep another (to deprovision) from running. Source: roadmap issue 81.
 */
export function checkCodebuild(
  templates: readonly ManifestTemplate[],
  part: PartName,
  schema: ParameterSchema | undefined,
): Finding[] {
  return templates.flatMap(({ name, text, position }) => {
    const template = parseTemplate(text, position.file);
    if (!template.ok) {
      const message = `The text of ${name} is not a template: ${template.refusal.message}`;
      return [errorFinding('template-syntax', position, message, template.refusal.remedy)];
    }
    const findings = schema ? checkNames(template.value, part, schema) : [];
    return findings.map((finding) => ({ ...finding, position, message: `${name}: ${finding.message}` }));
  });
}
