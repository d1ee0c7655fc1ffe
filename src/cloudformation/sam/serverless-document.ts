import type { ParameterValues } from '../parameters.ts';
import { type StackRefusal, stackRefusal } from '../stack-refusal.ts';
import { positionIn, type StackTemplate } from '../stack-template.ts';
import {
  describeValue,
  isScalar,
  isTemplateList,
  isTemplateObject,
  scalarText,
  type TemplateObject,
  type TemplateValue,
} from '../template-value.ts';
import { samTransform } from '../transforms.ts';

export interface ExpansionOptions {
  /** Where a template parameter decides what is generated, its value; without them the defaults. */
  readonly parameters?: ParameterValues;
  /** The region whose partition is written into ARNs of AWS managed policies. */
  readonly region?: string;
}

/** A method of a path that a function answers. */
export interface ApiRoute {
  readonly path: string;
  readonly method: string;
  /** `Fn::Sub` name of what is called: `Fn.Arn` or an alias. */
  readonly target: string;
  readonly condition?: string;
  /** Members of the integration that the event sets itself. */
  readonly integration?: TemplateObject;
  /** What the event says about who may call it. */
  readonly auth?: TemplateObject;
}

/** Functions that a bucket calls, and the permission that must be there before it is told so. */
export interface BucketNotification {
  readonly calls: readonly TemplateObject[];
  readonly permissionId: string;
  readonly condition?: string;
}

/**
 * A template while its serverless resources are expanded: what was generated, in order; the routes that function
 * events add to APIs; names that stand for something else afterwards; and what is wrong, all of it.
 */
export class ServerlessDocument {
  readonly template: StackTemplate;
  readonly partition: string;
  readonly resources = new Map<string, TemplateObject>();
  readonly conditions = new Map<string, TemplateValue>();
  /** `Fn.Version`, `Fn.Alias`, and logical ids that carry a hash after expansion. */
  readonly renamed = new Map<string, string>();
  readonly routes = new Map<string, ApiRoute[]>();
  /** Logical id of a generated resource to that of the resource it was made from. */
  readonly madeFrom = new Map<string, string>();
  /** What buckets of the template shall call, by the bucket's logical id. */
  readonly notifications = new Map<string, BucketNotification[]>();
  readonly #parameters: ParameterValues | undefined;
  readonly #problems: { readonly logicalId: string; readonly message: string }[] = [];
  #unsupported: StackRefusal | undefined;

  constructor(template: StackTemplate, { parameters, region = 'us-east-1' }: ExpansionOptions) {
    this.template = template;
    this.#parameters = parameters;
    this.partition = region.startsWith('cn-') ? 'aws-cn' : region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
  }

  /** @param from logical id of the resource that this one is made from */
  add(logicalId: string, resource: TemplateObject, from: string): void {
    this.resources.set(logicalId, withoutAbsent(resource));
    this.madeFrom.set(logicalId, from);
  }

  addRoute(apiId: string, route: ApiRoute): void {
    this.routes.set(apiId, [...(this.routes.get(apiId) ?? []), route]);
  }

  notify(bucketId: string, notification: BucketNotification): void {
    this.notifications.set(bucketId, [...(this.notifications.get(bucketId) ?? []), notification]);
  }

  /** Replaces references to parameters by their values, where these are known texts. */
  resolveParameters(value: TemplateValue): TemplateValue {
    if (isTemplateList(value)) return value.map((item) => this.resolveParameters(item));
    if (!isTemplateObject(value)) return value;
    const keys = Object.keys(value);
    if (keys.length === 1 && keys[0] === 'Ref' && typeof value.Ref === 'string') {
      return this.#parameterText(value.Ref) ?? value;
    }
    return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, this.resolveParameters(member)]));
  }

  #parameterText(name: string): string | undefined {
    const given = this.#parameters?.get(name)?.value;
    if (typeof given === 'string') return given;
    return given === undefined ? this.template.parameters.get(name)?.default : undefined;
  }

  /** Notes that a serverless resource is wrong. */
  refuse(logicalId: string, message: string): void {
    this.#problems.push({ logicalId, message });
  }

  /** Notes that a serverless resource asks for something that only the service itself expands. */
  refuseUnsupported(logicalId: string, what: string): void {
    this.#unsupported ??= stackRefusal(
      'stack-template-unsupported',
      `Transform ${samTransform}: ${what} is not expanded here. Resource with id [${logicalId}].`,
      positionIn(this.template, ['Resources', logicalId]),
      'Write out the resources it stands for, or deploy to the real service.',
    );
  }

  /** All that is wrong, worded as the service words it. */
  get refusal(): StackRefusal | undefined {
    const first = this.#problems[0];
    if (!first) return this.#unsupported;
    const texts = this.#problems.map(
      ({ logicalId, message }) => `Resource with id [${logicalId}] is invalid. ${message}`,
    );
    return stackRefusal(
      'stack-template-invalid',
      `Transform ${samTransform} failed with: Invalid Serverless Application Specification document. Number of errors found: ${texts.length}. ${texts.join(' ')}`,
      positionIn(this.template, ['Resources', first.logicalId]),
    );
  }
}

/** Members that are undefined are left out, so that builders can write them down unconditionally. */
export type Draft = { readonly [key: string]: TemplateValue | Draft | readonly (TemplateValue | Draft)[] | undefined };

export function withoutAbsent(draft: Draft): TemplateObject {
  let changed = false;
  const entries = Object.entries(draft).flatMap(([key, member]): [string, TemplateValue][] => {
    const kept = isDraftObject(member) ? withoutAbsent(member) : member;
    changed ||= kept !== member || kept === undefined;
    return kept === undefined ? [] : [[key, kept as TemplateValue]];
  });
  // What an author wrote has nothing absent: it stays the same object, whose position is known.
  return changed ? Object.fromEntries(entries) : (draft as TemplateObject);
}

function isDraftObject(member: Draft[string]): member is Draft {
  return typeof member === 'object' && !Array.isArray(member);
}

/** Attributes of a serverless resource that its generated resources share. */
export interface SharedAttributes extends Draft {
  readonly Condition?: string;
  readonly DeletionPolicy?: TemplateValue;
  readonly UpdateReplacePolicy?: TemplateValue;
}

/**
 * One serverless resource, read member by member. `finish` refuses every property that nobody has read, so that
 * nothing an author wrote is dropped without a word.
 */
export class ServerlessResource {
  readonly logicalId: string;
  /** Without `AWS::Serverless::`. */
  readonly kind: string;
  readonly document: ServerlessDocument;
  readonly shared: SharedAttributes;
  /** The same with what belongs to the main resource alone. */
  readonly attributes: SharedAttributes;
  readonly #properties: TemplateObject;
  readonly #read = new Set<string>();

  constructor(document: ServerlessDocument, logicalId: string, body: TemplateObject, properties: TemplateObject) {
    this.document = document;
    this.logicalId = logicalId;
    this.kind = describeValue(body.Type).replace('AWS::Serverless::', '');
    this.#properties = properties;
    this.shared = withoutAbsent({
      Condition: body.Condition,
      DeletionPolicy: body.DeletionPolicy,
      UpdateReplacePolicy: body.UpdateReplacePolicy,
    });
    this.attributes = withoutAbsent({ DependsOn: body.DependsOn, Metadata: body.Metadata, ...this.shared });
    if (body.Connectors !== undefined) document.refuseUnsupported(logicalId, 'Connectors');
  }

  get condition(): string | undefined {
    return this.shared.Condition;
  }

  take(name: string): TemplateValue | undefined {
    this.#read.add(name);
    return this.#properties[name];
  }

  /** The named members that are there. */
  takeAll(names: readonly string[]): TemplateObject {
    const present = names.flatMap((name) => {
      const value = this.take(name);
      return value === undefined ? [] : [[name, value] as const];
    });
    return Object.fromEntries(present);
  }

  takeObject(name: string): TemplateObject | undefined {
    const value = this.take(name);
    if (value === undefined || isTemplateObject(value)) return value;
    this.document.refuse(this.logicalId, `Property '${name}' should be a map.`);
    return undefined;
  }

  takeText(name: string): string | undefined {
    const value = this.take(name);
    if (value === undefined) return undefined;
    if (isScalar(value)) return scalarText(value);
    this.document.refuse(this.logicalId, `Property '${name}' should be a string.`);
    return undefined;
  }

  add(logicalId: string, resource: Draft): void {
    this.document.add(logicalId, withoutAbsent(resource), this.logicalId);
  }

  refuse(message: string): void {
    this.document.refuse(this.logicalId, message);
  }

  finish(): void {
    // Without it nothing is propagated, which is all that is done here.
    if (this.#properties.PropagateTags === false) this.#read.add('PropagateTags');
    for (const name of Object.keys(this.#properties)) {
      if (!this.#read.has(name)) {
        this.document.refuseUnsupported(this.logicalId, `property ${name} of AWS::Serverless::${this.kind}`);
      }
    }
  }
}
