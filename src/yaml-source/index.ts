/**
 * YAML source: YAML text as a tree with positions, within limits (pure).
 *
 * Lives here: reading, as data or as it is written (yaml-syntax.ts), the one rule for merge keys, duplicate keys, alias bombs. Never here: what a document means.
 */
export { parseYaml, usualYamlLimits, type YamlLimits, type YamlRefusal, type YamlRefusalCode } from './parse-yaml.ts';
export { readYamlSyntax } from './read-yaml-syntax.ts';
export {
  describeYaml,
  type YamlEntry,
  type YamlList,
  type YamlMap,
  type YamlNode,
  type YamlScalar,
  yamlAsWritten,
  yamlAt,
  yamlBoolean,
  yamlData,
  yamlEntry,
  yamlFromData,
  yamlMember,
} from './yaml-node.ts';
export type { ListSyntax, MapSyntax, PairSyntax, ScalarSyntax, YamlProblem, YamlSyntax } from './yaml-syntax.ts';
