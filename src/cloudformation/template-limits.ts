import { sectionSizeMax } from './parse-stack-template.ts';
import type { StackTemplate } from './stack-template.ts';
import { templateBytesMax } from './template-text-rules.ts';

/** How much of one limit of the service a template uses. */
export interface LimitUse {
  readonly limit: 'bytes' | 'resources' | 'parameters' | 'mappings' | 'outputs';
  readonly used: number;
  readonly most: number;
}

/** Use of every limit that a template can exceed; beyond it parsing would have refused. Counted in bytes of UTF-8. */
export function limitUses(template: StackTemplate): readonly LimitUse[] {
  return [
    { limit: 'bytes', used: Buffer.byteLength(template.text), most: templateBytesMax },
    { limit: 'resources', used: template.resources.size, most: sectionSizeMax.Resources },
    { limit: 'parameters', used: template.parameters.size, most: sectionSizeMax.Parameters },
    { limit: 'mappings', used: Object.keys(template.mappings).length, most: sectionSizeMax.Mappings },
    { limit: 'outputs', used: template.outputs.size, most: sectionSizeMax.Outputs },
  ];
}

/** The limits of which nine tenths or more are used: the next change may be the one that no longer fits. */
export function nearlyUsedUp(template: StackTemplate): readonly LimitUse[] {
  return limitUses(template).filter(({ used, most }) => used >= most * 0.9);
}
