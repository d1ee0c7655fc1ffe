import type { OperationName, OperationOutputs } from './generated/types.ts';
import { apiModel, shapeOf } from './model/api-model.ts';

/**
 * An operation's output as JSON text: absent members left out, times as epoch seconds with milliseconds. Only what the
 * API model knows is written, so that nothing leaves the server by accident.
 */
export function serializeOutput<Name extends OperationName>(operation: Name, output: OperationOutputs[Name]): string {
  return JSON.stringify(wireValue(apiModel.operations[operation]!.output.shape, output));
}

function wireValue(shapeName: string, value: unknown): unknown {
  const shape = shapeOf(apiModel, shapeName);
  switch (shape.type) {
    case 'structure': {
      const given = value as Readonly<Record<string, unknown>>;
      const members = Object.entries(shape.members)
        .filter(([name]) => given[name] !== undefined && given[name] !== null)
        .map(([name, reference]) => [name, wireValue(reference.shape, given[name])]);
      return Object.fromEntries(members);
    }
    case 'list':
      return (value as readonly unknown[]).map((item) => wireValue(shape.member.shape, item));
    case 'timestamp':
      return (value as Date).getTime() / 1000;
    case 'string':
    case 'integer':
    case 'boolean':
      return value;
  }
}
