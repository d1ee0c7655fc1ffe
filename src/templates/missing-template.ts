import { type Refusal, refuse } from '../errors/index.ts';
import type { Installation } from '../identifiers/index.ts';
import { type TemplateRef, templateArn, templateVersionArn } from './template.ts';
import type { VersionRef } from './template-version.ts';

export type TemplateMissing = Refusal<'template-missing'>;
export type VersionMissing = Refusal<'template-version-missing'>;

export function templateMissing(installation: Installation, ref: TemplateRef) {
  return refuse({
    kind: 'missing',
    code: 'template-missing' as const,
    message: `The requested ${ref.kind} template does not exist: ${templateArn(installation, ref)}`,
    remedy: 'Check the name; names are case-sensitive.',
  });
}

/** Source of the text: the message that Proton wrote (public roadmap issue 79). */
export function versionMissing(installation: Installation, ref: VersionRef) {
  const arn = templateVersionArn(installation, { kind: ref.kind, name: ref.templateName }, ref);
  return refuse({
    kind: 'missing',
    code: 'template-version-missing' as const,
    message: `The requested ${ref.kind} template version does not exist: ${arn}`,
    remedy: 'List the versions of the template and name one of them.',
  });
}
