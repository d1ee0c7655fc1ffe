import { accept, placeOf, type Result, type SourcePosition } from '../errors/index.ts';
import type { EvaluatedTemplate } from './evaluate-template.ts';
import { type StackRefusal, stackRefusal } from './stack-refusal.ts';
import { positionIn, resourcePosition, type StackTemplate } from './stack-template.ts';
import { subNames } from './sub-text.ts';
import {
  intrinsicOf,
  isTemplateList,
  isTemplateObject,
  type TemplateObject,
  type TemplateValue,
} from './template-value.ts';

/** Why one resource waits for another. */
export interface Dependency {
  readonly on: string;
  readonly through: 'Ref' | 'Fn::GetAtt' | 'Fn::Sub' | 'DependsOn';
  readonly attribute?: string;
  /** Where the resource that waits says so. */
  readonly position: SourcePosition;
  /** Holds only for some values: inside an Fn::If, or one of the two resources has a condition. */
  readonly conditional: boolean;
}

/** Every resource with what it waits for, in the order of the template. */
export type DependencyGraph = ReadonlyMap<string, readonly Dependency[]>;

/** Dependencies as written: both branches of every Fn::If, whatever conditions say. */
export function writtenDependencies(template: StackTemplate): DependencyGraph {
  const resources = template.body.Resources as TemplateObject;
  return new Map(
    [...template.resources.values()].map(({ logicalId, dependsOn, condition }) => {
      const collector = new ReferenceCollector(template, condition !== undefined);
      collector.collect(resources[logicalId]!, resourcePosition(template, logicalId), false);
      const position = positionIn(template, ['Resources', logicalId, 'DependsOn']);
      for (const on of dependsOn) collector.add({ on, through: 'DependsOn' }, position, false);
      return [logicalId, collector.found];
    }),
  );
}

/** Dependencies that hold whatever the parameters are. */
export function unconditionalDependencies(template: StackTemplate): DependencyGraph {
  const written = [...writtenDependencies(template)];
  return new Map(written.map(([id, dependencies]) => [id, dependencies.filter(({ conditional }) => !conditional)]));
}

/** Dependencies that hold for one evaluation: branches not taken and resources turned off do not count. */
export function evaluatedDependencies({ template, resources }: EvaluatedTemplate): DependencyGraph {
  const written = writtenDependencies(template);
  return new Map(
    [...resources.values()].map(({ logicalId, references, dependsOn }) => {
      const read = new Set([...references.map((reference) => reference.logicalId), ...dependsOn]);
      const holding = (written.get(logicalId) ?? []).filter(({ on }) => read.has(on) && resources.has(on));
      return [logicalId, holding];
    }),
  );
}

/** Collects what the functions of one resource read. */
class ReferenceCollector {
  readonly found: Dependency[] = [];
  readonly #template: StackTemplate;
  readonly #conditional: boolean;

  constructor(template: StackTemplate, conditional: boolean) {
    this.#template = template;
    this.#conditional = conditional;
  }

  collect(value: TemplateValue, around: SourcePosition, insideIf: boolean): void {
    if (isTemplateList(value)) {
      for (const item of value) this.collect(item, around, insideIf);
      return;
    }
    if (!isTemplateObject(value)) return;
    const call = intrinsicOf(value);
    const position = call ? (this.#template.positions.of(value, call.name) ?? around) : around;
    if (call) for (const read of readBy(call.name, call.argument)) this.add(read, position, insideIf);
    for (const member of Object.values(value)) this.collect(member, position, insideIf || call?.name === 'Fn::If');
  }

  /** What is not a resource is a parameter, and waits for nothing. */
  add(read: ResourceReference, position: SourcePosition, insideIf: boolean): void {
    const target = this.#template.resources.get(read.on);
    if (!target) return;
    const conditional = this.#conditional || insideIf || target.condition !== undefined;
    this.found.push({ ...read, position, conditional });
  }
}

type ResourceReference = Pick<Dependency, 'on' | 'through' | 'attribute'>;

function readBy(name: string, argument: TemplateValue): readonly ResourceReference[] {
  switch (name) {
    case 'Ref':
      return typeof argument === 'string' ? [{ on: argument, through: 'Ref' }] : [];
    case 'Fn::GetAtt': {
      const [on, attribute] = isTemplateList(argument) ? argument : [];
      if (typeof on !== 'string') return [];
      return [{ on, through: 'Fn::GetAtt', attribute: typeof attribute === 'string' ? attribute : undefined }];
    }
    case 'Fn::Sub':
      return subNames(argument).map((read) => {
        const dot = read.indexOf('.');
        if (dot < 0) return { on: read, through: 'Fn::Sub' };
        return { on: read.slice(0, dot), through: 'Fn::Sub', attribute: read.slice(dot + 1) };
      });
    default:
      return [];
  }
}

/** A circle, with every place that has a part in it: where each step is written. */
export type CircleRefusal = StackRefusal & { readonly steps: readonly SourcePosition[] };

/**
 * An order in which each resource comes after all it waits for; among equals the order of the template.
 * Deletion takes it backwards.
 * @refuses stack-template-circular, with the circle in order and the line of each step
 */
export function creationOrder(graph: DependencyGraph): Result<readonly string[], CircleRefusal> {
  const order: string[] = [];
  const done = new Set<string>();
  for (const start of graph.keys()) {
    const circle = visit(graph, start, done, order);
    if (circle) return { ok: false, refusal: circleRefusal(circle) };
  }
  return accept(order);
}

export interface CircleStep {
  readonly from: string;
  readonly dependency: Dependency;
}

/** Depth first, with a stack of its own: 500 resources in a row must not exhaust the call stack. */
function visit(
  graph: DependencyGraph,
  start: string,
  done: Set<string>,
  order: string[],
): readonly CircleStep[] | undefined {
  if (done.has(start)) return undefined;
  const trail: { readonly id: string; readonly open: Dependency[] }[] = [];
  const onTrail = new Set<string>();
  const enter = (id: string): void => {
    trail.push({ id, open: (graph.get(id) ?? []).filter(({ on }) => graph.has(on)) });
    onTrail.add(id);
  };
  enter(start);
  for (let top = trail.at(-1); top; top = trail.at(-1)) {
    const dependency = top.open[0];
    if (!dependency) {
      trail.pop();
      onTrail.delete(top.id);
      done.add(top.id);
      order.push(top.id);
    } else if (onTrail.has(dependency.on)) {
      const from = trail.findIndex(({ id }) => id === dependency.on);
      return trail.slice(from).map(({ id, open }) => ({ from: id, dependency: open[0]! }));
    } else {
      if (done.has(dependency.on)) top.open.shift();
      else enter(dependency.on);
    }
  }
  return undefined;
}

function circleRefusal(circle: readonly CircleStep[]): CircleRefusal {
  const names = circle.map(({ from }) => from).join(', ');
  const steps = circle.map(({ dependency }) => dependency.position);
  const isOneFile = steps.every(({ file }) => file === steps[0]?.file);
  const told = circle.map(({ from, dependency: { on, through, attribute, position } }) => {
    const place = isOneFile ? `line ${position.line}` : placeOf(position);
    return `${from} -> ${on} (${through}${attribute ? ` ${attribute}` : ''}, ${place})`;
  });
  const refusal = stackRefusal(
    'stack-template-circular',
    `Circular dependency between resources: [${names}]`,
    steps[0],
    `Break one of these steps: ${told.join('; ')}.`,
  );
  return { ...refusal, steps };
}
