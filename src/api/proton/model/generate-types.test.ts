import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { apiModel, paginators, shapeOf } from './api-model.ts';
import { generatedTypes } from './generate-types.ts';

test('the generated types are those of the model (node src/api/proton/model/generate-types.ts rewrites them)', () => {
  const path = new URL('../generated/types.ts', import.meta.url);
  expect(generatedTypes(apiModel)).toBe(readFileSync(path, 'utf8'));
});

test('every paginated operation takes and gives the token and the items that its paginator names', () => {
  for (const [name, paginator] of Object.entries(paginators)) {
    const operation = apiModel.operations[name];
    const [input, output] = [operation?.input, operation?.output].map((side) => shapeOf(apiModel, side?.shape ?? ''));
    expect(input, name).toMatchObject({ members: { [paginator.input_token]: expect.anything() } });
    expect(output, name).toMatchObject({
      members: { [paginator.output_token]: expect.anything(), [paginator.result_key]: expect.anything() },
    });
  }
});
