import type { PseudoParameters } from '../cloudformation/index.ts';
import { stackState } from './stack-state.ts';

/** The names of exports that a rendered template imports, as far as they are known without a cloud. */
export function importsOf(text: string, pseudo: PseudoParameters): readonly string[] {
  const state = stackState({ text, file: 'what is deployed', secrets: [], pseudo });
  if (!state.ok) return [];
  const found = new Set<string>();
  const { resources, outputs } = state.value.evaluated;
  const seen = [...resources.values(), ...outputs.values()].map((each) =>
    JSON.stringify('properties' in each ? each.properties : each.value),
  );
  for (const [, name] of seen.join('\n').matchAll(/"Fn::ImportValue":"((?:[^"\\]|\\.)*)"/g)) {
    found.add(JSON.parse(`"${name}"`) as string);
  }
  return [...found];
}
