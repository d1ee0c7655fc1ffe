import { accept, allAsOne, type Refusal, type Result, refuse, type SourcePosition } from '../../errors/index.ts';
import { describeYaml, parseYaml, type YamlEntry, yamlBoolean, yamlData, yamlEntry } from '../../yaml-source/index.ts';
import { type Effect, effects, type Rail } from '../guard-rail.ts';
import { checkSetting, type WantedSetting } from '../set-guard-rail.ts';

/** A setting as a file says it, and where. */
export interface DocumentSetting extends WantedSetting {
  readonly position: SourcePosition;
}

const settingMembers = ['effect', 'strict', 'parameters'] as const;

/**
 * Reads settings from YAML: `guardRails`, then scopes, then rails, each an effect or a map of effect, strict and parameters.
 * @refuses what parseYaml refuses, and all that is wrong, with the first place
 */
export function readGuardRailDocument(
  text: string,
  file: string,
  rails: readonly Rail[],
): Result<readonly DocumentSetting[], Refusal> {
  const parsed = parseYaml(text, file);
  if (!parsed.ok) return parsed;
  const root = parsed.value;
  const section = yamlEntry(root, 'guardRails');
  const other = root.kind === 'map' ? root.entries.find(({ key }) => key !== 'guardRails') : undefined;
  if (!section || other) {
    return wrong(
      other?.keyPosition ?? root.position,
      'The file is no file of guard rails.',
      'Write guardRails, and nothing beside it: the organization is a file of its own.',
    );
  }
  const scopes = entriesOf(section);
  if (!scopes.ok) return scopes;
  const settings: DocumentSetting[] = [];
  const problems: Refusal[] = [];
  for (const scope of scopes.value) {
    const entries = entriesOf(scope);
    if (!entries.ok) problems.push(entries.refusal);
    for (const entry of entries.ok ? entries.value : []) {
      const setting = readSetting(scope.key, entry);
      const checked = setting.ok ? checkSetting(rails, setting.value) : setting;
      if (!checked.ok) problems.push({ position: entry.keyPosition, ...checked.refusal });
      else if (setting.ok) settings.push(setting.value);
    }
  }
  return problems.length > 0 ? { ok: false, refusal: allAsOne(problems) } : accept(settings);
}

function entriesOf({ key, value }: YamlEntry): Result<readonly YamlEntry[], Refusal> {
  if (value.kind === 'map') return accept(value.entries);
  if (value.kind === 'scalar' && value.value === null) return accept([]);
  return wrong(value.position, `${key} is ${describeYaml(value)}.`, 'Write a map: scopes, and in each the rails.');
}

function readSetting(
  scope: string,
  { key: rail, keyPosition: position, value }: YamlEntry,
): Result<DocumentSetting, Refusal> {
  const of = { rail, scope, position };
  if (value.kind !== 'map') {
    const effect = effectOf(value);
    if (effect) return accept({ ...of, effect, strict: false, parameters: {} });
    return wrong(
      value.position,
      `${rail} is ${describeYaml(value)}.`,
      `Write one of ${effects.join(', ')}, or a map of ${settingMembers.join(', ')}.`,
    );
  }
  const unknown = value.entries.find(({ key }) => !(settingMembers as readonly string[]).includes(key));
  if (unknown)
    return wrong(unknown.keyPosition, `A guard rail has no '${unknown.key}'.`, `It has ${settingMembers.join(', ')}.`);
  const [effectNode, strictNode, parametersNode] = settingMembers.map((name) => yamlEntry(value, name)?.value);
  const effect = effectNode && effectOf(effectNode);
  if (!effect)
    return wrong(
      effectNode?.position ?? position,
      `${rail} does not say its effect.`,
      `Write effect: ${effects.join(', ')}.`,
    );
  const strict = strictNode === undefined ? false : strictNode.kind === 'scalar' ? yamlBoolean(strictNode) : undefined;
  if (strict === undefined)
    return wrong(
      strictNode?.position ?? position,
      `strict is ${describeYaml(strictNode ?? value)}.`,
      'Write true or false.',
    );
  if (parametersNode && parametersNode.kind !== 'map')
    return wrong(parametersNode.position, `parameters is ${describeYaml(parametersNode)}.`, 'Write a map.');
  const parameters = parametersNode ? (yamlData(parametersNode) as Record<string, unknown>) : {};
  return accept({ ...of, effect, strict, parameters: { ...parameters } });
}

/** `off` is what YAML 1.1 takes for false. */
function effectOf(node: YamlEntry['value']): Effect | undefined {
  if (node.kind !== 'scalar') return undefined;
  if (node.value === false) return 'off';
  return effects.find((effect) => effect === node.value);
}

function wrong(position: SourcePosition, message: string, remedy: string) {
  return refuse({ kind: 'invalid', code: 'guard-rail-file-wrong', message, remedy, position });
}
