import { isUnknown } from '../../cloudformation/index.ts';
import type { ChangeFinding, Evidence } from '../finding.ts';
import type { OutputReader } from '../output-findings.ts';
import type { PlannedOutput } from './terraform-plan.ts';

const plan: Evidence = { source: 'plan', certainty: 'certain' };

/** Outputs of the root module: what others read of it. */
export function plannedOutputFindings(
  outputs: readonly PlannedOutput[],
  readers: readonly OutputReader[],
): readonly ChangeFinding[] {
  return outputs.flatMap((output): ChangeFinding[] => {
    const { name, action, before, after } = output;
    const readBy = readers.filter((reader) => reader.output === name).map(({ reader }) => reader);
    const common = { path: name, evidence: plan, before, after } as const;
    if (action === 'create') {
      return [
        {
          ...common,
          code: 'I-OUT-ADD',
          versionClass: 'compatible',
          verdict: 'no-change',
          message: `adds the output ${name}`,
        },
      ];
    }
    if (action === 'delete') return [lostOutput(common, 'I-OUT-REMOVE', `removes the output ${name}`, readBy)];
    if (action === 'none') return [];
    const [was, is] = [kindOf(before), kindOf(after)];
    if (was !== is && was !== undefined && is !== undefined) {
      return [lostOutput(common, 'I-OUT-TYPE', `the output ${name} was ${was} and is ${is}`, readBy)];
    }
    const message = `the output ${name} gets another value`;
    return [{ ...common, code: 'I-OUT-ADD', versionClass: 'compatible', verdict: 'no-change', message }];
  });
}

function lostOutput(
  common: Pick<ChangeFinding, 'path' | 'evidence' | 'before' | 'after'>,
  code: 'I-OUT-REMOVE' | 'I-OUT-TYPE',
  message: string,
  readBy: readonly string[],
): ChangeFinding {
  if (readBy.length === 0) {
    return {
      ...common,
      code,
      versionClass: 'breaking',
      verdict: 'no-change',
      message: `${message}; nobody is known to read it`,
    };
  }
  return {
    ...common,
    code,
    versionClass: 'breaking',
    verdict: 'fails',
    message: `${message}; it is read by ${readBy.join(', ')}`,
    flags: ['breaks-consumer'],
  };
}

/** What a reader can expect of a value, in a word; undefined: not known before the apply. */
function kindOf(value: PlannedOutput['before']): string | undefined {
  if (value === undefined || isUnknown(value)) return undefined;
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  if (typeof value !== 'string') return `a ${typeof value}`;
  if (/^-?\d+(?:\.\d+)?$/.test(value)) return 'a number';
  if (value.startsWith('arn:')) return 'an ARN';
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? 'an address' : 'a text';
}
