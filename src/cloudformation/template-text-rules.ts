import type { SourcePosition } from '../errors/index.ts';
import type { TemplatePath } from './source-positions.ts';
import { type StackRefusal, stackRefusal } from './stack-refusal.ts';

/** Largest template body the service takes, in bytes of UTF-8. Source: CloudFormation quotas. */
export const templateBytesMax = 1_000_000;
/** Deepest nesting of lists and objects. Ours: far beyond real templates, far below the end of the stack. */
export const templateDepthMax = 128;

export const tooDeepMessage = `Template is nested deeper than ${templateDepthMax} levels.`;

/**
 * The service's word for a null value. It writes `Type` where the way to a property goes through `Properties`.
 * Source: aws-cloudformation/cfn-lint#38, #246.
 */
export function nullValueMessage(path: TemplatePath): string {
  const shown = path.map((key, index) =>
    index === 2 && key === 'Properties' && path[0] === 'Resources' && path.length > 3 ? 'Type' : key,
  );
  return `[/${shown.join('/')}] 'null' values are not allowed in templates`;
}

export function repeatedKeyRefusal(key: string, first: SourcePosition, second: SourcePosition): StackRefusal {
  const message = `Template format error: the key ${key} is given twice, in line ${first.line} and in line ${second.line}.`;
  return { ...stackRefusal('stack-template-syntax', message, second, 'Keep one of the two.'), firstPosition: first };
}
