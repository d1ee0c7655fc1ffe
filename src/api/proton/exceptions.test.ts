import { expect, test } from 'vitest';
import type { RefusalKind } from '../../errors/index.ts';
import { exceptionOf } from './exceptions.ts';
import type { OperationName } from './generated/types.ts';
import { apiModel } from './model/api-model.ts';

const names = Object.keys(apiModel.operations) as OperationName[];
const kinds: readonly RefusalKind[] = ['invalid', 'missing', 'conflict', 'forbidden', 'limit', 'unavailable'];
const usual = {
  missing: 'ResourceNotFoundException',
  conflict: 'ConflictException',
  limit: 'ServiceQuotaExceededException',
} as const;

function exception(name: OperationName, kind: RefusalKind): string {
  return exceptionOf(name, { kind, code: 'Any', message: 'm', remedy: 'r' }).name;
}

test('no operation answers with an exception that it does not declare', () => {
  for (const name of names) {
    const declared = apiModel.operations[name]!.errors.map(({ shape }) => shape);
    for (const kind of kinds) expect(declared, `${kind} of ${name}`).toContain(exception(name, kind));
  }
});

test('which operations answer with another exception than usual, for want of a declared one', async () => {
  const lines = (['missing', 'conflict', 'limit'] as const).flatMap((kind) => {
    const others = names.filter((name) => exception(name, kind) !== usual[kind]);
    return [`${kind}: not ${usual[kind]}, but`, ...others.map((name) => `  ${exception(name, kind)}  ${name}`)];
  });
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('golden/undeclared-exceptions.txt');
});
