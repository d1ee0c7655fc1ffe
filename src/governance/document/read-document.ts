import { accept, allAsOne, type Refusal, type Result, refuse, type SourcePosition } from '../../errors/index.ts';
import { describeYaml, parseYaml, type YamlEntry, type YamlNode, yamlEntry } from '../../yaml-source/index.ts';
import { type PolicyPurpose, policyPurposes } from '../rules/policy.ts';
import { readScope, showScope } from '../scope.ts';

interface Placed {
  readonly position: SourcePosition;
}

export interface DocumentPolicy extends Placed {
  readonly name: string;
  readonly purpose: PolicyPurpose;
  /** In Cedar's language. */
  readonly text: string;
}

/** Rules at a scope: a model or a restriction, as `findRules` names them. */
export interface DocumentAssignment extends Placed {
  readonly scope: string;
  readonly named: string;
}

/** A section that the file leaves out is absent: it says nothing of what is there. */
export interface GovernanceDocument {
  readonly policies: readonly DocumentPolicy[];
  readonly models?: readonly DocumentAssignment[];
  readonly restrictions?: readonly DocumentAssignment[];
}

const sections = ['policies', 'models', 'restrictions'] as const;
const policyMembers = ['purpose', 'text'] as const;

/**
 * Reads rules from YAML: `governance`, in it `policies` (name: purpose and text), `models` (scope: one name) and
 * `restrictions` (scope: a list of names).
 * @refuses what parseYaml refuses, and all that is wrong, with the first place
 */
export function readGovernanceDocument(text: string, file: string): Result<GovernanceDocument, Refusal> {
  const parsed = parseYaml(text, file);
  if (!parsed.ok) return parsed;
  const root = parsed.value;
  const section = yamlEntry(root, 'governance');
  const other = root.kind === 'map' ? root.entries.find(({ key }) => key !== 'governance') : undefined;
  if (!section || other)
    return wrong(
      other?.keyPosition ?? root.position,
      'The file is no file of governance.',
      'Write governance, and nothing beside it: the organization and guard rails are files of their own.',
    );
  const problems: Refusal[] = [];
  const read = entriesOf(section, sections);
  if (!read.ok) problems.push(read.refusal);
  const policies = each(yamlEntry(section.value, 'policies'), problems, readPolicy);
  const models = each(yamlEntry(section.value, 'models'), problems, (entry) => readNames(entry, false));
  const restrictions = each(yamlEntry(section.value, 'restrictions'), problems, (entry) => readNames(entry, true));
  if (problems.length > 0) return { ok: false, refusal: allAsOne(problems) };
  return accept({ policies: policies ?? [], models: models?.flat(), restrictions: restrictions?.flat() });
}

function each<Item>(
  section: YamlEntry | undefined,
  problems: Refusal[],
  read: (entry: YamlEntry) => Result<Item, Refusal>,
): readonly Item[] | undefined {
  if (!section) return undefined;
  const known = <Of>(result: Result<Of, Refusal>): Of[] => {
    if (result.ok) return [result.value];
    problems.push(result.refusal);
    return [];
  };
  return known(entriesOf(section)).flatMap((entries) => entries.flatMap((entry) => known(read(entry))));
}

function entriesOf({ key, value }: YamlEntry, known?: readonly string[]): Result<readonly YamlEntry[], Refusal> {
  if (value.kind === 'scalar' && value.value === null) return accept([]);
  if (value.kind !== 'map') return wrong(value.position, `${key} is ${describeYaml(value)}.`, 'Write a map.');
  const unknown = known && value.entries.find((entry) => !known.includes(entry.key));
  return unknown && known
    ? wrong(unknown.keyPosition, `${key} has no '${unknown.key}'.`, `It has ${known.join(', ')}.`)
    : accept(value.entries);
}

function readPolicy(entry: YamlEntry): Result<DocumentPolicy, Refusal> {
  const { key: name, keyPosition, value } = entry;
  const entries = entriesOf(entry, policyMembers);
  if (!entries.ok) return entries;
  const [purposeNode, textNode] = policyMembers.map((member) => yamlEntry(value, member)?.value);
  const purpose = policyPurposes.find((known) => known === textOf(purposeNode));
  if (!purpose)
    return wrong(
      purposeNode?.position ?? keyPosition,
      `The policy '${name}' does not say what it is for.`,
      `Write purpose: ${policyPurposes.join(' or ')}.`,
    );
  const text = textOf(textNode);
  if (text === undefined)
    return wrong(
      textNode?.position ?? keyPosition,
      `The policy '${name}' has no text.`,
      'Write text: | and the rules below it, in the language of Cedar.',
    );
  return accept({ name, purpose, text, position: textNode?.position ?? keyPosition });
}

function readNames({ key, keyPosition, value }: YamlEntry, isList: boolean): Result<DocumentAssignment[], Refusal> {
  const scope = readScope(key);
  if (!scope)
    return wrong(
      keyPosition,
      `'${key}' is no scope.`,
      'Write a unit, as shop, or a part of it: shop/environment-class:production.',
    );
  const nodes = isList ? (value.kind === 'list' ? value.items : []) : [value];
  const assignments = nodes.flatMap((node): DocumentAssignment[] => {
    const named = textOf(node);
    return named === undefined ? [] : [{ scope: showScope(scope), named, position: node.position }];
  });
  if (assignments.length > 0 && assignments.length === nodes.length) return accept(assignments);
  if (isList && value.kind === 'list' && nodes.length === 0) return accept([]);
  return wrong(
    value.position,
    `At ${key} there is ${describeYaml(value)}.`,
    isList ? 'Write a list of names of restrictions.' : 'Write the name of one model.',
  );
}

function textOf(node: YamlNode | undefined): string | undefined {
  return node?.kind === 'scalar' && typeof node.value === 'string' ? node.value : undefined;
}

function wrong(position: SourcePosition, message: string, remedy: string) {
  return refuse({ kind: 'invalid', code: 'governance-file-wrong', message, remedy, position });
}
