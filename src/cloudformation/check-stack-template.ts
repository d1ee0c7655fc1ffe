import type { SourcePosition } from '../errors/index.ts';
import { creationOrder, unconditionalDependencies } from './dependency-graph.ts';
import { isPseudoParameter } from './pseudo-parameters.ts';
import { attributeType, isKnownResourceType } from './resource-schemas.ts';
import type { TemplatePath } from './source-positions.ts';
import { type StackRefusal, type StackRefusalCode, stackRefusal } from './stack-refusal.ts';
import { positionIn, type StackTemplate } from './stack-template.ts';
import { subNames, subParts } from './sub-text.ts';
import {
  type EvaluatedValue,
  intrinsicOf,
  isTemplateList,
  isTemplateObject,
  objectFrom,
  type TemplateObject,
  type TemplateValue,
  UnknownValue,
} from './template-value.ts';
import { validateProperties } from './validate-properties.ts';

export interface TemplateCheckOptions {
  /**
   * Leaves out what only the service itself knows, since it may be newer than what was published: resource types and
   * attributes. With names that are not in the template and exist nevertheless. Circles are left to the caller.
   */
  readonly onlyCertain?: { readonly mayExist: (name: string) => boolean };
}

/**
 * Checks what the service checks before it begins: resource types, references, attributes, conditions, circles.
 * All problems, in the order of the template; the first is what the service would answer. Ask it of the expanded
 * template: what a transform will make counts as missing before.
 */
export function checkStackTemplate(
  template: StackTemplate,
  { onlyCertain }: TemplateCheckOptions = {},
): readonly StackRefusal[] {
  const checker = new TemplateChecker(template, onlyCertain);
  if (!onlyCertain) checker.checkTypes();
  checker.checkConditions();
  checker.checkResources();
  checker.checkOutputs();
  if (checker.problems.length > 0 || onlyCertain) return checker.problems;
  const order = creationOrder(unconditionalDependencies(template));
  return order.ok ? [] : [order.refusal];
}

/**
 * Compares the properties of every resource, as written, with the published schemas; functions count as unknown.
 * The service does this resource by resource while it works, so these are no reason to refuse a template at once.
 */
export function checkTemplateProperties(template: StackTemplate): readonly StackRefusal[] {
  return [...template.resources.values()].flatMap(({ logicalId, type, properties }) => {
    const written = withoutFunctions(properties);
    if (written instanceof UnknownValue) return [];
    return validateProperties(type, written as { readonly [key: string]: EvaluatedValue }).map(({ path, message }) =>
      stackRefusal(
        'stack-properties-invalid',
        `${message} (${type} ${logicalId})`,
        positionIn(template, ['Resources', logicalId, 'Properties', ...path]),
      ),
    );
  });
}

/** The value as if every function call were not known yet. */
function withoutFunctions(value: TemplateValue): EvaluatedValue {
  if (isTemplateList(value)) return value.map(withoutFunctions);
  if (!isTemplateObject(value)) return value;
  const call = intrinsicOf(value);
  if (call) return new UnknownValue(value, []);
  return objectFrom(
    Object.entries(value).map(([key, member]): [string, EvaluatedValue] => [key, withoutFunctions(member)]),
  );
}

type Block = 'Resources' | 'Outputs';

class TemplateChecker {
  readonly problems: StackRefusal[] = [];
  readonly #template: StackTemplate;
  readonly #onlyCertain: TemplateCheckOptions['onlyCertain'];

  constructor(template: StackTemplate, onlyCertain: TemplateCheckOptions['onlyCertain']) {
    this.#template = template;
    this.#onlyCertain = onlyCertain;
  }

  checkTypes(): void {
    for (const { logicalId, type } of this.#template.resources.values()) {
      if (isKnownResourceType(type)) continue;
      this.#refuse(`Template format error: Unrecognized resource types: [${type}]`, ['Resources', logicalId, 'Type']);
    }
  }

  /** Conditions may read parameters and each other, never a resource. */
  checkConditions(): void {
    for (const [name, expression] of this.#template.conditions) {
      for (const call of callsIn(expression, positionIn(this.#template, ['Conditions', name]), this.#template)) {
        this.#checkConditionCall(call);
      }
    }
  }

  #checkConditionCall(call: FunctionCall): void {
    const unresolved = namesRead(call).filter((name) => !this.#isValueName(name));
    for (const name of unresolved) {
      this.#refuseAt(
        `Template format error: Unresolved dependencies [${name}]. Cannot reference resources in the Conditions block of the template`,
        call.position,
      );
    }
    if (
      call.name === 'Condition' &&
      typeof call.argument === 'string' &&
      !this.#template.conditions.has(call.argument)
    ) {
      this.#refuseAt(
        `Template format error: Unresolved condition dependency ${call.argument} in the Conditions block of the template`,
        call.position,
      );
    }
  }

  checkResources(): void {
    const resources = this.#template.body.Resources as TemplateObject;
    for (const { logicalId, dependsOn, condition } of this.#template.resources.values()) {
      const path = ['Resources', logicalId];
      this.#checkConditionName(condition, path, 'Resources');
      for (const id of dependsOn) {
        if (id !== logicalId && this.#hasResource(id)) continue;
        const message =
          id === logicalId ? `Circular dependency between resources: [${id}]` : unresolvedMessage(id, 'Resources');
        this.#refuse(message, [...path, 'DependsOn'], id === logicalId ? 'stack-template-circular' : undefined);
      }
      this.#checkCalls(resources[logicalId]!, path, 'Resources');
    }
  }

  checkOutputs(): void {
    for (const { name, value, exportName, condition } of this.#template.outputs.values()) {
      const path = ['Outputs', name];
      this.#checkConditionName(condition, path, 'Outputs');
      this.#checkCalls(value, path, 'Outputs');
      if (exportName !== undefined) this.#checkCalls(exportName, path, 'Outputs');
    }
  }

  #checkConditionName(condition: string | undefined, path: TemplatePath, block: Block): void {
    if (condition === undefined || this.#template.conditions.has(condition)) return;
    const message = `Template format error: Unresolved condition dependency ${condition} in the ${block} block of the template`;
    this.#refuse(message, [...path, 'Condition']);
  }

  #checkCalls(value: TemplateValue, path: TemplatePath, block: Block): void {
    for (const call of callsIn(value, positionIn(this.#template, path), this.#template)) {
      this.#checkCall(call, block);
    }
  }

  #checkCall(call: FunctionCall, block: Block): void {
    switch (call.name) {
      case 'Ref':
        for (const name of namesRead(call)) this.#checkName(name, call, block);
        break;
      case 'Fn::Sub':
        this.#checkSub(call, block);
        break;
      case 'Fn::GetAtt': {
        const [logicalId, attribute] = isTemplateList(call.argument) ? call.argument : [];
        if (typeof logicalId === 'string') this.#checkAttribute(logicalId, attribute, call);
        break;
      }
      case 'Fn::If': {
        const [condition] = isTemplateList(call.argument) ? call.argument : [];
        if (typeof condition === 'string' && !this.#template.conditions.has(condition)) {
          this.#refuseAt(`Template error: unresolved condition dependency ${condition} in Fn::If`, call.position);
        }
        break;
      }
      case 'Fn::Transform':
        this.#refuseAt(
          'Fn::Transform is not expanded here; only the service itself can run it.',
          call.position,
          'stack-template-unsupported',
        );
        break;
    }
  }

  #checkSub(call: FunctionCall, block: Block): void {
    const text = isTemplateList(call.argument) ? call.argument[0] : call.argument;
    if (typeof text === 'string' && !subParts(text)) {
      const message =
        'Template error: variable names in Fn::Sub syntax must contain only alphanumeric characters, underscores, periods, and colons';
      this.#refuseAt(message, call.position);
    }
    for (const name of subNames(call.argument)) {
      const dot = name.indexOf('.');
      if (dot < 0) this.#checkName(name, call, block);
      else this.#checkAttribute(name.slice(0, dot), name.slice(dot + 1), call);
    }
  }

  #checkName(name: string, call: FunctionCall, block: Block): void {
    if (this.#isValueName(name) || this.#hasResource(name)) return;
    this.#refuseAt(unresolvedMessage(name, block), call.position);
  }

  #checkAttribute(logicalId: string, attribute: TemplateValue | undefined, call: FunctionCall): void {
    const resource = this.#template.resources.get(logicalId);
    if (!resource && this.#hasResource(logicalId)) return;
    if (!resource) {
      this.#refuseAt(
        `Template error: instance of ${call.name} references undefined resource ${logicalId}`,
        call.position,
      );
      return;
    }
    if (this.#onlyCertain || typeof attribute !== 'string' || attributeType(resource.type, attribute) !== undefined)
      return;
    this.#refuseAt(
      `Template error: resource ${logicalId} does not support attribute type ${attribute} in Fn::GetAtt`,
      call.position,
    );
  }

  #hasResource(name: string): boolean {
    return this.#template.resources.has(name) || (this.#onlyCertain?.mayExist(name) ?? false);
  }

  #isValueName(name: string): boolean {
    return this.#template.parameters.has(name) || isPseudoParameter(name);
  }

  #refuse(message: string, path: TemplatePath, code?: StackRefusalCode): void {
    this.#refuseAt(message, positionIn(this.#template, path), code);
  }

  #refuseAt(message: string, position: SourcePosition, code: StackRefusalCode = 'stack-template-invalid'): void {
    this.problems.push(stackRefusal(code, message, position));
  }
}

function unresolvedMessage(name: string, block: Block): string {
  return `Template format error: Unresolved resource dependencies [${name}] in the ${block} block of the template`;
}

interface FunctionCall {
  readonly name: string;
  readonly argument: TemplateValue;
  readonly position: SourcePosition;
}

/** Every function call inside a value, outer before inner; `Condition` counts as one. */
function* callsIn(value: TemplateValue, around: SourcePosition, template: StackTemplate): Generator<FunctionCall> {
  if (isTemplateList(value)) {
    for (const item of value) yield* callsIn(item, around, template);
    return;
  }
  if (!isTemplateObject(value)) return;
  for (const [name, argument] of Object.entries(value)) {
    const position = template.positions.of(value, name) ?? around;
    const isCall = name === 'Ref' || name === 'Condition' || name.startsWith('Fn::');
    if (isCall && Object.keys(value).length === 1) yield { name, argument, position };
    yield* callsIn(argument, position, template);
  }
}

/** Names that a `Ref` or `Fn::Sub` reads. */
function namesRead(call: FunctionCall): readonly string[] {
  if (call.name === 'Ref') return typeof call.argument === 'string' ? [call.argument] : [];
  if (call.name !== 'Fn::Sub') return [];
  return subNames(call.argument).map((name) => name.split('.')[0] ?? name);
}
