import { positionIn, type StackTemplate, type TemplateObject } from '../cloudformation/index.ts';
import type { SourcePosition } from '../errors/index.ts';
import type { StackState } from './compare-stacks.ts';
import { stepsOf } from './logical-path.ts';

/** How positions name the template that was rendered. */
export const renderedFile = 'the rendered template';

/** Where something of a stack stands, and what its value is made of. */
export interface StackPlace {
  /** In the file of the template that it stands in: that of the stack, or of a nested one. */
  readonly position: SourcePosition;
  /** Of something in a nested stack: lines of the outermost template that give it the parameters it is made of. */
  readonly parameterLines: readonly number[];
}

interface Authored {
  readonly position: SourcePosition;
  /** Dotted names of the inputs that were read there. */
  readonly inputs: readonly string[];
}

/**
 * A place as its author knows it. Templates of nested stacks are deployed as they were written; what their parameters are made of was
 * read where the outermost template gives them.
 * @param sourceAt where a line of the rendered template comes from
 */
export function authoredPlace(
  { position, parameterLines }: StackPlace,
  sourceAt: (line: number) => Authored | undefined,
): Partial<Authored> & Pick<Authored, 'inputs'> {
  if (position.file === renderedFile) return sourceAt(position.line) ?? { inputs: [] };
  return { position, inputs: [...new Set(parameterLines.flatMap((line) => sourceAt(line)?.inputs ?? []))] };
}

/**
 * The place of a resource, or of a property of it. undefined: the stack does not have it.
 * @param logicalPath `Nested/Resource`, or a logical id
 * @param property `/` between names, from the properties on; a deletion policy by its name
 */
export function placeInStack(state: StackState, logicalPath: string, property = ''): StackPlace | undefined {
  const [id = '', ...inside] = stepsOf(logicalPath);
  const place = placeAt(state, [id, ...inside], property);
  if (!place) return undefined;
  const { position, madeOf } = place;
  const lineOf = (given: string) => positionIn(state.evaluated.template, pathOf(id, given)).line;
  return { position, parameterLines: inside.length === 0 ? [] : madeOf.map(lineOf) };
}

/** `madeOf`: of the first resource on the path, the properties that decide about what is at its end. */
function placeAt(
  { evaluated: { template }, nested }: StackState,
  [id = '', ...inside]: readonly string[],
  property: string,
): { readonly position: SourcePosition; readonly madeOf: readonly string[] } | undefined {
  if (!template.resources.has(id)) return undefined;
  const [next] = inside;
  if (next === undefined) return { position: positionIn(template, pathOf(id, property)), madeOf: [property] };
  const child = nested?.get(id);
  const place = child && placeAt(child, inside, property);
  if (!place) return undefined;
  const read = place.madeOf.flatMap((each) => [...parametersRead(child.evaluated.template, next, each)]);
  return { ...place, madeOf: [...new Set(read)].map((name) => `Parameters/${name}`) };
}

function pathOf(id: string, property: string): readonly (string | number)[] {
  if (property === '') return ['Resources', id];
  if (property === 'DeletionPolicy' || property === 'UpdateReplacePolicy') return ['Resources', id, property];
  return ['Resources', id, 'Properties', ...property.split('/').map(pathStep)];
}

/** A step of a path as templates are read by: digits are an index. */
export function pathStep(step: string): string | number {
  return /^\d+$/.test(step) ? Number(step) : step;
}

/** Names of the parameters that a property of a resource is made of, and whether the resource is there at all. */
function parametersRead(template: StackTemplate, id: string, property: string): ReadonlySet<string> {
  const resource = template.resources.get(id);
  if (!resource) return new Set();
  const part = property === '' ? undefined : valueAlong(resource.properties, property.split('/'));
  const read = new Set<string>();
  const conditions = new Set<string>();
  const collect = (value: unknown) => {
    const text = JSON.stringify(value) ?? '';
    for (const name of template.parameters.keys())
      if (text.includes(`{"Ref":"${name}"}`) || text.includes(`\${${name}}`)) read.add(name);
    for (const [name, condition] of template.conditions) {
      if (conditions.has(name) || !(text.includes(`"Fn::If":["${name}"`) || text.includes(`"Condition":"${name}"`)))
        continue;
      conditions.add(name);
      collect(condition);
    }
  };
  collect(part);
  if (resource.condition !== undefined) collect({ Condition: resource.condition });
  return read;
}

/** The value at a path, or what is nearest to it; undefined: not even its first step is written. */
function valueAlong(properties: TemplateObject, [first = '', ...rest]: readonly string[]): unknown {
  let value: unknown = properties[first];
  for (const step of rest) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) break;
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}
