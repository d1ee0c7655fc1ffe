import type { PseudoParameters } from '../cloudformation/index.ts';
import { type ChildTemplates, mayNest } from './child-templates.ts';
import type { StackState } from './compare-stacks.ts';
import { renderedFile } from './place-in-stack.ts';
import { stackState } from './stack-state.ts';

/**
 * Of the templates beside one, those that its nested stacks are made of, at any depth and wherever it is deployed; none of
 * a template that cannot be evaluated.
 */
export function childTemplatesUsed(
  text: string,
  beside: ChildTemplates,
  places: readonly PseudoParameters[],
): ChildTemplates {
  if (!mayNest(text)) return {};
  const used = new Set<string>();
  for (const pseudo of places) {
    const state = stackState({ text, file: renderedFile, secrets: [], pseudo, children: beside });
    if (state.ok) collect(state.value, used);
  }
  return Object.fromEntries([...used].sort().map((path) => [path, beside[path]!]));
}

function collect({ nested }: StackState, used: Set<string>): void {
  for (const child of nested?.values() ?? []) {
    used.add(child.evaluated.template.file);
    collect(child, used);
  }
}
