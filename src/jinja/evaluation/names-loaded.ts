import { type AssignTarget, type Body, childrenOf, type Expression, type Statement } from '../syntax/syntax-tree.ts';

/** The names that a body reads, without those it has assigned before, and without what stands in its blocks. */
export function namesLoaded(body: Body): ReadonlySet<string> {
  const found: Found = { loaded: new Set(), stored: new Set() };
  for (const statement of body) visit(statement, found);
  return found.loaded;
}

interface Found {
  readonly loaded: Set<string>;
  readonly stored: Set<string>;
}

function visit(node: Statement | Expression, found: Found): void {
  if (node.kind === 'block') return;
  if (node.kind === 'name' && !found.stored.has(node.name)) found.loaded.add(node.name);
  if (node.kind === 'for') store(node.target, found);
  for (const child of childrenOf(node)) visit(child, found);
  if (node.kind === 'set' || node.kind === 'set-block') store(node.target, found);
  if (node.kind === 'with') for (const { target } of node.assignments) store(target, found);
}

function store(target: AssignTarget, found: Found): void {
  if (target.kind === 'tuple') for (const each of target.items) store(each, found);
  else if (target.kind === 'name') found.stored.add(target.name);
  else if (!found.stored.has(target.name)) found.loaded.add(target.name);
}
