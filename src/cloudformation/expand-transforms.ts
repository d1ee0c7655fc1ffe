import { accept, type Result } from '../errors/index.ts';
import { expandLoops } from './expand-loops.ts';
import { expandServerless } from './sam/expand-serverless.ts';
import type { ExpansionOptions } from './sam/serverless-document.ts';
import { type StackRefusal, stackRefusal } from './stack-refusal.ts';
import { positionIn, type StackTemplate } from './stack-template.ts';
import { languageExtensionsTransform, samTransform } from './transforms.ts';

/** Transforms that AWS runs and nobody else can. */
const onlyTheService = new Set([
  ...['AWS::Include', 'AWS::CodeDeployBlueGreen', 'AWS::SecretsManager-2020-07-23', 'AWS::SecretsManager-2024-09-16'],
  'AWS::ServiceCatalog',
]);

/**
 * Expands the declared transforms: AWS::Serverless-2016-10-31 into plain resources, the loops of AWS::LanguageExtensions
 * into what they write; its functions are evaluated with all others. A template without a transform comes back as it is.
 * @refuses stack-template-unsupported for every other transform and for loops over what is not known,
 * stack-template-invalid for a wrong loop or serverless template
 */
export function expandTransforms(
  template: StackTemplate,
  options: ExpansionOptions = {},
): Result<StackTemplate, StackRefusal> {
  const other = template.transforms.find((name) => name !== samTransform && name !== languageExtensionsTransform);
  if (other !== undefined) {
    const message = onlyTheService.has(other)
      ? `Transform ${other} is not expanded here; only the service itself can run it.`
      : `No transform named ${other} found.`;
    return {
      ok: false,
      refusal: stackRefusal('stack-template-unsupported', message, positionIn(template, ['Transform'])),
    };
  }
  // The extensions come before the serverless transform. Source: CloudFormation user guide, "AWS::LanguageExtensions".
  const written = template.transforms.includes(languageExtensionsTransform)
    ? expandLoops(template, options)
    : accept(template);
  return written.ok && template.transforms.includes(samTransform) ? expandServerless(written.value, options) : written;
}
