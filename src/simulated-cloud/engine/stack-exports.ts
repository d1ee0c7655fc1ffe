import type { AccountIndex } from '../state/account-index.ts';
import type { Stack, StackOutput } from '../state/stack.ts';
import type { Moment, OperationMoment } from './engine-world.ts';
import { importsOf } from './stack-goal.ts';

/** What stacks of one account and region know of each other: exports, who reads them, and what that forbids. */

/** Exports that are read must be there before anything begins. */
export function checkImports(moment: OperationMoment): void {
  const { stack, operation, world } = moment;
  const account = world.account(stack.accountId);
  const imports = importsOf(world.goal(stack), (name) => account.export(stack.region, name)?.value);
  if (imports.missing !== undefined) operation.stackReason = `No export named ${imports.missing} found`;
  setImports(moment, [...new Set([...stack.imports, ...imports.names])]);
}

/** Afterwards only what the definition reads is read. */
export function recordImports(moment: Moment): void {
  const { stack, world } = moment;
  const account = world.account(stack.accountId);
  setImports(moment, importsOf(world.goal(stack), (name) => account.export(stack.region, name)?.value).names);
}

export function setImports({ stack, world }: Moment, names: readonly string[]): void {
  const account = world.account(stack.accountId);
  const { accountId, region, id: stackId } = stack;
  const row = (exportName: string) => ({ accountId, region, exportName, stackId });
  for (const name of stack.imports) if (!names.includes(name)) account.removeImport(row(name));
  for (const name of names) if (!stack.imports.includes(name)) account.addImport(row(name));
  stack.imports = names;
  world.noteStack(stack);
}

export function exportConflict({ stack, world }: Moment, outputs: readonly StackOutput[]): string | undefined {
  const account = world.account(stack.accountId);
  const names = new Map(outputs.flatMap(({ exportName, value }) => (exportName ? [[exportName, value] as const] : [])));
  for (const [name, value] of names) {
    const taken = account.export(stack.region, name);
    if (!taken) continue;
    if (taken.stackId !== stack.id)
      return `Export with name ${name} is already exported by stack ${nameIn(taken.stackId)}`;
    if (taken.value === value) continue;
    const users = importersOf(account, stack, name);
    if (users) return `Cannot update export ${name} as it is in use by ${users}`;
  }
  const gone = stack.outputs.find(
    ({ exportName }) => exportName && !names.has(exportName) && importersOf(account, stack, exportName),
  );
  return gone?.exportName && exportInUseReason(account, stack, gone.exportName);
}

/** Names of the other stacks that import it; undefined: none. */
function importersOf(account: AccountIndex, stack: Stack, exportName: string): string | undefined {
  const names = account
    .importers(stack.region, exportName)
    .filter((id) => id !== stack.id)
    .map(nameIn);
  return names.length > 0 ? names.join(', ') : undefined;
}

function exportInUseReason(account: AccountIndex, stack: Stack, exportName: string): string | undefined {
  const users = importersOf(account, stack, exportName);
  return users && `Delete canceled. Cannot delete export ${exportName} as it is in use by ${users}.`;
}

/** Why the stack cannot be deleted: the first of its exports that another stack reads. */
export function deletionBlock({ stack, world }: Moment): string | undefined {
  const account = world.account(stack.accountId);
  for (const { exportName } of stack.outputs) {
    const reason = exportName && exportInUseReason(account, stack, exportName);
    if (reason) return reason;
  }
  return undefined;
}

function nameIn(stackId: string): string {
  return stackId.split('/')[1] ?? stackId;
}

export function setOutputs({ stack, world }: Moment, outputs: readonly StackOutput[]): void {
  const account = world.account(stack.accountId);
  const { accountId, region, id: stackId } = stack;
  const names = new Set(outputs.flatMap(({ exportName }) => exportName ?? []));
  for (const { exportName } of stack.outputs) {
    if (exportName && !names.has(exportName)) account.removeExport(region, exportName);
  }
  for (const { exportName, value } of outputs) {
    if (exportName && account.export(region, exportName)?.value !== value) {
      account.putExport({ accountId, region, name: exportName, value, stackId });
    }
  }
  stack.outputs = outputs;
  world.noteStack(stack);
}
