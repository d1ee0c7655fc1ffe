import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type ApiModel, apiModel, type OperationModel, type Shape, type StructureShape, shapeOf } from './api-model.ts';

const generatedTypesPath = fileURLToPath(new URL('../generated/types.ts', import.meta.url));

/**
 * The text of generated/types.ts: an interface for each structure, a union of literals for each enum, and the maps
 * OperationInputs and OperationOutputs. Exceptions are left out: handlers return refusals.
 */
export function generatedTypes(model: ApiModel): string {
  const operations = Object.values(model.operations);
  const shapes = Object.entries(model.shapes).filter(([, shape]) => isNamed(shape));
  return [
    '// Made by `node src/api/proton/model/generate-types.ts` from api.json. Do not edit.',
    ...shapes.map(([name, shape]) => declaration(model, name, shape)),
    operationMap(operations, 'OperationInputs', 'input'),
    operationMap(operations, 'OperationOutputs', 'output'),
    'export type OperationName = keyof OperationInputs;\n',
  ].join('\n\n');
}

/** Structures and enums get a name in TypeScript; plain strings, numbers and lists are written where they are used. */
function isNamed(shape: Shape): boolean {
  if (shape.type === 'structure') return !shape.exception;
  return shape.type === 'string' && shape.enum !== undefined;
}

function declaration(model: ApiModel, name: string, shape: Shape): string {
  if (shape.type !== 'structure') return literalUnion(`export type ${name} =`, enumLiterals(shape));
  if (shape.union) return literalUnion(`export type ${name} =`, unionMembers(model, shape));
  const members = Object.entries(shape.members).map(([member, reference]) => {
    const optional = shape.required?.includes(member) ? '' : '?';
    return `  readonly ${member}${optional}: ${typeText(model, reference.shape)};`;
  });
  if (members.length === 0) return `export type ${name} = Record<string, never>;`;
  return `export interface ${name} {\n${members.join('\n')}\n}`;
}

function enumLiterals(shape: Shape): readonly string[] {
  return shape.type === 'string' ? (shape.enum ?? []).map((value) => `'${value}'`) : [];
}

/** One alternative per member, in which the other members are absent. */
function unionMembers(model: ApiModel, shape: StructureShape): readonly string[] {
  const names = Object.keys(shape.members);
  return Object.entries(shape.members).map(([present, reference]) => {
    const parts = names.map((name) =>
      name === present ? `readonly ${name}: ${typeText(model, reference.shape)}` : `readonly ${name}?: undefined`,
    );
    if (parts.length === 1) return `{ ${parts[0]} }`;
    return `{\n${parts.map((part) => `      ${part};`).join('\n')}\n    }`;
  });
}

function literalUnion(head: string, alternatives: readonly string[]): string {
  const line = `${head} ${alternatives.join(' | ')};`;
  return line.length <= 120 ? line : `${head}\n${alternatives.map((alternative) => `  | ${alternative}`).join('\n')};`;
}

function typeText(model: ApiModel, name: string): string {
  const shape = shapeOf(model, name);
  if (isNamed(shape)) return name;
  switch (shape.type) {
    case 'list':
      return `readonly ${typeText(model, shape.member.shape)}[]`;
    case 'integer':
      return 'number';
    case 'timestamp':
      return 'Date';
    case 'string':
    case 'boolean':
      return shape.type;
    case 'structure':
      throw new Error(`The API model uses the exception ${name} as a value.`);
  }
}

function operationMap(operations: readonly OperationModel[], mapName: string, side: 'input' | 'output'): string {
  const lines = operations.map((operation) => `  readonly ${operation.name}: ${operation[side].shape};`);
  return `export interface ${mapName} {\n${lines.join('\n')}\n}`;
}

if (import.meta.main) writeFileSync(generatedTypesPath, generatedTypes(apiModel));
