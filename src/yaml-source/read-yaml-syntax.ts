import { isAlias, isMap, isScalar, isSeq, type Node, type Pair, parseDocument, Scalar, type YAMLError } from 'yaml';
import { readUsualYaml } from './read-usual-yaml.ts';
import type { YamlProblem, YamlSyntax } from './yaml-syntax.ts';

/**
 * Reads one YAML document as it is written. Most are read in one pass; what is rare, or no YAML, goes through the `yaml`
 * package, which knows all of it and says what is wrong.
 * @returns null for a text without content
 */
export function readYamlSyntax(text: string): { readonly root: YamlSyntax | null } | YamlProblem {
  const usual = readUsualYaml(text);
  return usual ? { root: usual } : readAnyYaml(text);
}

/** The full reader alone. */
export function readAnyYaml(text: string): { readonly root: YamlSyntax | null } | YamlProblem {
  try {
    // The failsafe schema leaves every scalar as its text.
    const document = parseDocument(text, {
      schema: 'failsafe',
      uniqueKeys: false,
      prettyErrors: false,
      logLevel: 'error', // 'silent' would drop all documents but the first
      keepSourceTokens: false,
    });
    const [error] = document.errors;
    return error ? problemOf(error) : { root: syntaxOf(document.contents as Node | null) };
  } catch (failure) {
    // parser and conversion are recursive, and come to the end of their stack
    if (failure instanceof RangeError) return { problem: 'too-deep' };
    throw failure;
  }
}

function problemOf({ code, message, pos }: YAMLError): YamlProblem {
  // Of some texts the parser reports the end of its stack as an error, which it is: nobody nests that deep in earnest.
  if (message.includes('call stack')) return { problem: 'too-deep' };
  return { problem: code === 'MULTIPLE_DOCS' ? 'second-document' : 'syntax', offset: pos[0], message };
}

function syntaxOf(node: Node | null): YamlSyntax | null {
  if (node === null) return null;
  const offset = node.range?.[0] ?? 0;
  if (isAlias(node)) return { kind: 'alias', offset };
  const written = { offset, ...(node.tag !== undefined && { tag: node.tag }) };
  if (isMap(node)) {
    const pairs = (node.items as Pair<Node | null, Node | null>[]).map(({ key, value }) => ({
      key: syntaxOf(key),
      value: syntaxOf(value),
    }));
    return { kind: 'map', ...written, pairs };
  }
  if (isSeq(node)) return { kind: 'list', ...written, items: (node.items as (Node | null)[]).map(syntaxOf) };
  const plain = !isScalar(node) || node.type === undefined || node.type === Scalar.PLAIN;
  return { kind: 'scalar', ...written, text: isScalar(node) ? String(node.value) : '', plain };
}
