import {
  attributeType,
  type EvaluatedOutput,
  type EvaluatedTemplate,
  isUnknown,
  type PropertyType,
  refIdentifier,
  resourceSchema,
} from '../cloudformation/index.ts';
import type { ChangeFinding, Evidence } from './finding.ts';
import { canonical } from './property-changes.ts';
import { type RenamedResources, rename } from './renamed-resources.ts';
import { type ComparedResource, movingRead } from './resource-comparison.ts';

/** Somebody who is known to read an output. */
export interface OutputReader {
  readonly output: string;
  readonly reader: string;
  /** What the reader takes it to be, e.g. `integer`. */
  readonly type?: string;
}

export interface OutputContext {
  readonly outputReaders?: readonly OutputReader[];
  /** Names of outputs whose export another stack imports. */
  readonly importedExports?: readonly string[];
}

const rule: Evidence = { source: 'rule', certainty: 'certain' };

/** Outputs and exports: the part of a stack that others read. */
export function outputFindings(
  before: EvaluatedTemplate,
  after: EvaluatedTemplate,
  compared: ReadonlyMap<string, ComparedResource>,
  renamed: RenamedResources,
  context: OutputContext,
): readonly ChangeFinding[] {
  const findings: ChangeFinding[] = [];
  for (const name of new Set([...before.outputs.keys(), ...after.outputs.keys()])) {
    const [was, is] = [before.outputs.get(name), after.outputs.get(name)];
    const readers = (context.outputReaders ?? []).filter(({ output }) => output === name);
    if (!was) findings.push(added(is!));
    else if (!is) findings.push(...removed(was, readers));
    else findings.push(...changed(was, is, before, after, compared, renamed, readers));
    if (was && context.importedExports?.includes(name)) findings.push(...exported(was, is, compared));
  }
  return findings;
}

function added({ name, value, position }: EvaluatedOutput): ChangeFinding {
  const message = `adds the output ${name}`;
  return {
    code: 'I-OUT-ADD',
    versionClass: 'compatible',
    verdict: 'no-change',
    message,
    evidence: rule,
    path: name,
    after: value,
    position,
  };
}

function removed({ name, value }: EvaluatedOutput, readers: readonly OutputReader[]): readonly ChangeFinding[] {
  const common = { code: 'I-OUT-REMOVE', versionClass: 'breaking', evidence: rule, path: name, before: value } as const;
  if (readers.length === 0)
    return [{ ...common, verdict: 'no-change', message: `removes the output ${name}, which nobody is known to read` }];
  const message = `removes the output ${name}, which is read by ${readers.map(({ reader }) => reader).join(', ')}`;
  return [{ ...common, verdict: 'fails', message, flags: ['breaks-consumer'] }];
}

function changed(
  was: EvaluatedOutput,
  is: EvaluatedOutput,
  before: EvaluatedTemplate,
  after: EvaluatedTemplate,
  compared: ReadonlyMap<string, ComparedResource>,
  renamed: RenamedResources,
  readers: readonly OutputReader[],
): readonly ChangeFinding[] {
  const isSame = canonical(rename(was.value, renamed)) === canonical(is.value);
  const kinds = [kindOf(was, before), kindOf(is, after)] as const;
  const misled = readers.filter(({ type }) => type !== undefined && !fitsType(type, is, after));
  if (misled.length > 0 || (!isSame && isOtherKind(...kinds))) {
    const isRead = misled.length > 0 || readers.some(({ type }) => type === undefined);
    const readBy = isRead ? `, read by ${readers.map(({ reader }) => reader).join(', ')}` : '';
    return [
      {
        code: 'I-OUT-TYPE',
        versionClass: 'breaking',
        verdict: isRead ? 'fails' : 'no-change',
        message: `the output ${is.name} was ${kinds[0]} and is ${kinds[1]}${readBy}`,
        evidence: { source: 'rule', certainty: 'likely' },
        flags: isRead ? ['breaks-consumer'] : [],
        path: is.name,
        before: was.value,
        after: is.value,
      },
    ];
  }
  const moves = isUnknown(is.value) && movingRead(is.value.reads, compared) !== undefined;
  if (canonical(was.value) === canonical(is.value) && !moves) return [];
  const message = `the output ${is.name} gets another value`;
  return [
    {
      code: 'I-OUT-ADD',
      versionClass: 'compatible',
      verdict: 'no-change',
      message,
      evidence: rule,
      path: is.name,
      before: was.value,
      after: is.value,
    },
  ];
}

/** What a reader can expect of an output, in a word: a number, an ARN, an address, or the attribute it gives. */
function kindOf({ value }: EvaluatedOutput, { resources }: EvaluatedTemplate): string {
  if (!isUnknown(value)) return kindOfText(value);
  const [read, more] = value.reads;
  const isPlain = read !== undefined && more === undefined && isSingleCall(value.expression);
  if (!isPlain) return kindOfPieces(value.expression);
  const type = resources.get(read.logicalId)?.type ?? '';
  const schema = resourceSchema(type);
  const name = read.attribute ?? (schema ? refIdentifier(schema).join('|') : 'Ref');
  return kindOfName(name);
}

/** Of a text put together, only its beginning is known. */
function kindOfPieces(expression: unknown): string {
  const [, pieces] = ((expression as { readonly 'Fn::Join'?: readonly [string, readonly unknown[]] })['Fn::Join'] ??
    []) as readonly [string?, (readonly unknown[])?];
  const first = Array.isArray(pieces) ? pieces[0] : undefined;
  const kind = typeof first === 'string' ? kindOfText(first) : undecided;
  return kind === 'an ARN' || kind === 'an address' ? kind : undecided;
}

const undecided = 'a text put together';

function isOtherKind(was: string, is: string): boolean {
  return was !== is && was !== undecided && is !== undecided;
}

function isSingleCall(expression: unknown): boolean {
  const name = typeof expression === 'object' && expression !== null ? Object.keys(expression)[0] : undefined;
  return name === 'Ref' || name === 'Fn::GetAtt';
}

function kindOfText(text: string): string {
  if (/^-?\d+(?:\.\d+)?$/.test(text)) return 'a number';
  if (text.startsWith('arn:')) return 'an ARN';
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return 'an address';
  return 'a text';
}

function kindOfName(name: string): string {
  const last = name.split(/[.|]/).at(-1) ?? name;
  if (/arn$/i.test(last)) return 'an ARN';
  if (/port$/i.test(last)) return 'a number';
  if (/(?:ur[li]|endpoint)$/i.test(last)) return 'an address';
  if (/address$|dnsname$|domainname$/i.test(last)) return 'a host name';
  if (/id$/i.test(last)) return 'an id';
  return /name$/i.test(last) ? 'a name' : `the attribute ${last}`;
}

function fitsType(type: string, output: EvaluatedOutput, { resources }: EvaluatedTemplate): boolean {
  const { value } = output;
  const isNumeric = /^(?:integer|number)$/.test(type);
  if (!isUnknown(value)) {
    if (isNumeric) return /^-?\d+(?:\.\d+)?$/.test(value);
    if (type === 'boolean') return /^(?:true|false)$/.test(value);
    return /^(?:string|text)$/.test(type) || type !== 'arn' || value.startsWith('arn:');
  }
  if (!isNumeric && type !== 'boolean' && type !== 'arn') return true;
  const [read] = value.reads;
  if (read === undefined) return true;
  if (!isSingleCall(value.expression)) return false;
  if (type === 'arn') return kindOf(output, { resources } as EvaluatedTemplate) === 'an ARN';
  const given =
    read.attribute === undefined ? 'string' : attributeType(resources.get(read.logicalId)?.type ?? '', read.attribute);
  return (
    given === undefined ||
    isOneOf(given, isNumeric ? ['integer', 'number', 'json'] : ['boolean', 'json']) ||
    kindOfName(read.attribute ?? '') === 'a number'
  );
}

function isOneOf(type: PropertyType, words: readonly string[]): boolean {
  return typeof type === 'string' && words.includes(type);
}

function exported(
  was: EvaluatedOutput,
  is: EvaluatedOutput | undefined,
  compared: ReadonlyMap<string, ComparedResource>,
): readonly ChangeFinding[] {
  if (was.exportName === undefined) return [];
  const isGone = is?.exportName === undefined || canonical(is.exportName) !== canonical(was.exportName);
  const moves = !isGone && isUnknown(is.value) && movingRead(is.value.reads, compared) !== undefined;
  const isOther = !isGone && (canonical(was.value) !== canonical(is.value) || moves);
  if (!isGone && !isOther) return [];
  const message = `the export of ${was.name} is ${isGone ? 'removed' : 'given another value'} while another stack imports it, which CloudFormation refuses`;
  return [
    {
      code: 'R-EXPORT',
      versionClass: 'breaking',
      verdict: 'fails',
      message,
      evidence: rule,
      flags: ['export-in-use'],
      path: was.name,
    },
  ];
}
