import type { ResourceChange } from './compare-stacks.ts';

/** How a resource in a nested stack is named to people: `Nested/Resource`. CloudFormation, and comparisons, write a dot. */
export function logicalPath(logicalId: string): string {
  return logicalId.replaceAll('.', '/');
}

export function stepsOf(path: string): readonly string[] {
  return path.split('/');
}

/** Findings or resources with logical paths in place of CloudFormation's names. */
export function withLogicalPaths<Named extends { readonly logicalId?: string }>(all: readonly Named[]): Named[] {
  return all.map((each) => (each.logicalId === undefined ? each : { ...each, logicalId: logicalPath(each.logicalId) }));
}

/** Whether it lies in a nested stack. */
export function isNested({ logicalId }: Pick<ResourceChange, 'logicalId'>): boolean {
  return logicalId.includes('/');
}
