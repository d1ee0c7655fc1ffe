import { accept, type Result } from '../../errors/index.ts';
import { stackTemplateFrom } from '../parse-stack-template.ts';
import type { StackRefusal } from '../stack-refusal.ts';
import type { StackTemplate } from '../stack-template.ts';
import { isTemplateList, isTemplateObject, type TemplateObject, type TemplateValue } from '../template-value.ts';
import { samTransform } from '../transforms.ts';
import { expandApplication } from './application.ts';
import { ref } from './expressions.ts';
import { expandFunction } from './function.ts';
import { unknownGlobals, withGlobals } from './globals.ts';
import { expandHttpApi, implicitHttpApi } from './http-api.ts';
import { expandLayerVersion } from './layer-version.ts';
import { expandRestApi, implicitRestApi } from './rest-api.ts';
import {
  type BucketNotification,
  type ExpansionOptions,
  ServerlessDocument,
  ServerlessResource,
  withoutAbsent,
} from './serverless-document.ts';
import { expandSimpleTable } from './simple-table.ts';
import { expandStateMachine } from './state-machine.ts';

const prefix = 'AWS::Serverless::';

/**
 * Expands the serverless resources of a template into plain ones, with the logical ids that the transform gives.
 * Generated resources have the position of the resource they were made from. Ids of deployments end in a digest of
 * the definition, as the transform's do, but in another digest than the service's.
 * Source: SAM specification 2016-10-31 (github.com/aws/serverless-application-model).
 * @refuses stack-template-invalid, as the service says it; stack-template-unsupported for types, events and
 * properties that are not expanded here
 */
export function expandServerless(
  template: StackTemplate,
  options: ExpansionOptions,
): Result<StackTemplate, StackRefusal> {
  const document = new ServerlessDocument(template, options);
  const globals = isTemplateObject(template.body.Globals) ? template.body.Globals : {};
  const unknown = unknownGlobals(template, globals);
  if (unknown) return { ok: false, refusal: unknown };
  const written = template.body.Resources as TemplateObject;
  const serverless = Object.entries(written).filter(([, body]) => isServerless(body)) as [string, TemplateObject][];
  // APIs last: their definitions are made of the routes that functions add.
  const [apis, others] = [serverless.filter(isApi), serverless.filter((entry) => !isApi(entry))];
  for (const [logicalId, body] of [...others, ...apis]) expandResource(document, logicalId, body, globals);
  for (const [apiId, kind] of implicitApis) {
    if (!(apiId in written)) expandImplicitApi(document, apiId, kind, globals);
  }
  if (document.refusal) return { ok: false, refusal: document.refusal };
  const expanded = rebuild(document, written);
  const plain = stackTemplateFrom(
    { format: template.format, root: expanded, positions: template.positions },
    template.text,
    template.file,
  );
  // Callers still want to know what was declared: CAPABILITY_AUTO_EXPAND hangs on it.
  return plain.ok ? accept({ ...plain.value, transforms: template.transforms }) : plain;
}

const implicitApis = [
  [implicitRestApi, 'Api'],
  [implicitHttpApi, 'HttpApi'],
] as const;

function isServerless(body: TemplateValue): boolean {
  return isTemplateObject(body) && typeof body.Type === 'string' && body.Type.startsWith(prefix);
}

function isApi([, body]: readonly [string, TemplateObject]): boolean {
  return body.Type === `${prefix}Api` || body.Type === `${prefix}HttpApi`;
}

function expandResource(
  document: ServerlessDocument,
  logicalId: string,
  body: TemplateObject,
  globals: TemplateObject,
): void {
  const kind = String(body.Type).slice(prefix.length);
  const properties = withGlobals(kind, body, globals);
  const resource = new ServerlessResource(document, logicalId, body, properties);
  const routes = document.routes.get(logicalId) ?? [];
  switch (kind) {
    case 'Application':
      return expandApplication(resource);
    case 'Function':
      return expandFunction(resource);
    case 'Api':
      return expandRestApi(resource, routes);
    case 'HttpApi':
      return expandHttpApi(resource, routes);
    case 'SimpleTable':
      return expandSimpleTable(resource);
    case 'LayerVersion':
      return expandLayerVersion(resource, properties);
    case 'StateMachine':
      return expandStateMachine(resource);
    default:
      return document.refuseUnsupported(logicalId, `resource type ${prefix}${kind}`);
  }
}

/** The API of events that name none; absent where all its functions are absent. */
function expandImplicitApi(
  document: ServerlessDocument,
  apiId: string,
  kind: 'Api' | 'HttpApi',
  globals: TemplateObject,
): void {
  const routes = document.routes.get(apiId);
  if (!routes) return;
  const body = withoutAbsent({
    Type: prefix + kind,
    Condition: implicitCondition(document, apiId),
    Properties: kind === 'Api' ? { StageName: 'Prod' } : {},
  });
  expandResource(document, apiId, body, globals);
}

function implicitCondition(document: ServerlessDocument, apiId: string): string | undefined {
  const conditions = new Set((document.routes.get(apiId) ?? []).map(({ condition }) => condition));
  const [only] = conditions;
  if (conditions.has(undefined) || conditions.size === 1) return only;
  const name = `${apiId}Condition`;
  document.conditions.set(name, { 'Fn::Or': [...conditions].map((condition) => ({ Condition: condition! })) });
  return name;
}

/** The template with the generated resources where their sources stood, and no trace of the transform. */
function rebuild(document: ServerlessDocument, written: TemplateObject): TemplateObject {
  const { template } = document;
  const { positions, body } = template;
  const made = Map.groupBy(document.madeFrom, ([, from]) => from);
  const resources: { [logicalId: string]: TemplateValue } = {};
  const place = (logicalId: string, resource: TemplateValue, from: string): void => {
    resources[logicalId] = resource;
    positions.note(
      resources,
      logicalId,
      positions.offsetOf(written, from) ?? positions.offsetOf(body, 'Resources') ?? 0,
    );
  };
  for (const [logicalId, resource] of Object.entries(written)) {
    if (!isServerless(resource))
      place(logicalId, withNotifications(document, logicalId, resource as TemplateObject), logicalId);
    for (const [id] of made.get(logicalId) ?? []) place(id, document.resources.get(id)!, logicalId);
  }
  for (const [apiId] of implicitApis) {
    if (apiId in written) continue;
    for (const [id] of made.get(apiId) ?? []) place(id, document.resources.get(id)!, firstCaller(document, apiId));
  }
  const { Globals: _globals, ...kept } = body;
  const transforms = template.transforms.filter((name) => name !== samTransform);
  const expanded = withoutAbsent({
    ...kept,
    Transform: transforms.length > 0 ? transforms : undefined,
    Conditions:
      document.conditions.size > 0
        ? { ...(kept.Conditions as TemplateObject), ...Object.fromEntries(document.conditions) }
        : kept.Conditions,
  });
  const renamed = renameReferences(document, { ...expanded, Resources: resources }) as TemplateObject;
  positions.inherit(renamed, body);
  return renamed;
}

/** The function whose event made an implicit API necessary. */
function firstCaller(document: ServerlessDocument, apiId: string): string {
  const target = document.routes.get(apiId)?.[0]?.target ?? '';
  return document.madeFrom.get(target.split('.')[0] ?? '') ?? '';
}

function withNotifications(document: ServerlessDocument, logicalId: string, bucket: TemplateObject): TemplateObject {
  const notifications = document.notifications.get(logicalId);
  if (!notifications) return bucket;
  const properties = isTemplateObject(bucket.Properties) ? bucket.Properties : {};
  const own = isTemplateObject(properties.NotificationConfiguration) ? properties.NotificationConfiguration : {};
  const always = notifications
    .filter(({ condition }) => condition === undefined)
    .map(({ permissionId }) => permissionId);
  const sometimes = notifications.filter(({ condition }) => condition !== undefined);
  const called = withoutAbsent({
    ...bucket,
    DependsOn: always.length > 0 ? [...listOf(bucket.DependsOn), ...always] : bucket.DependsOn,
    Properties: {
      ...properties,
      NotificationConfiguration: {
        ...own,
        LambdaConfigurations: [...listOf(own.LambdaConfigurations), ...notifications.flatMap(({ calls }) => calls)],
      },
      Tags: sometimes.length > 0 ? [...listOf(properties.Tags), ...sometimes.map(waitingTag)] : properties.Tags,
    },
  });
  document.template.positions.inherit(called, bucket);
  return called;
}

/** DependsOn cannot be conditional, so the transform makes a bucket wait for a conditional permission by a tag. */
function waitingTag({ permissionId, condition }: BucketNotification): TemplateObject {
  return {
    Key: `sam:ConditionalDependsOn:${permissionId}`,
    Value: { 'Fn::If': [condition!, ref(permissionId), 'no dependency'] },
  };
}

function listOf(value: TemplateValue | undefined): readonly TemplateValue[] {
  if (value === undefined) return [];
  return isTemplateList(value) ? value : [value];
}

/** Rewrites `Ref`, `Fn::GetAtt`, `Fn::Sub` and `DependsOn` to the ids that generated resources have. */
function renameReferences(document: ServerlessDocument, value: TemplateValue): TemplateValue {
  if (document.renamed.size === 0) return value;
  if (isTemplateList(value))
    return copied(
      document,
      value,
      value.map((item) => renameReferences(document, item)),
    );
  if (!isTemplateObject(value)) return value;
  const entries = Object.entries(value).map(([key, member]): [string, TemplateValue] => [
    key,
    renameMember(document, key, member),
  ]);
  return copied(document, value, Object.fromEntries(entries));
}

function copied<Container extends TemplateObject | readonly TemplateValue[]>(
  document: ServerlessDocument,
  source: Container,
  made: Container,
): Container {
  document.template.positions.inherit(made, source);
  return made;
}

function renameMember(document: ServerlessDocument, key: string, member: TemplateValue): TemplateValue {
  const { renamed } = document;
  if ((key === 'Ref' || key === 'DependsOn') && typeof member === 'string') return renamed.get(member) ?? member;
  if (key === 'DependsOn' && isTemplateList(member)) {
    return member.map((id) => (typeof id === 'string' ? (renamed.get(id) ?? id) : id));
  }
  if (key === 'Fn::GetAtt' && isTemplateList(member)) {
    const [logicalId, ...attribute] = member;
    return typeof logicalId === 'string' ? [renamed.get(logicalId) ?? logicalId, ...attribute] : member;
  }
  if (key === 'Fn::Sub' && typeof member === 'string') return renameInText(renamed, member);
  if (key === 'Fn::Sub' && isTemplateList(member)) {
    const [text, ...values] = member;
    const rest = values.map((item) => renameReferences(document, item));
    return typeof text === 'string' ? [renameInText(renamed, text), ...rest] : member;
  }
  return renameReferences(document, member);
}

function renameInText(renamed: ReadonlyMap<string, string>, text: string): string {
  return text.replace(/\$\{([^!{}]+)\}/g, (whole, name: string) => {
    const dot = name.indexOf('.');
    const direct = renamed.get(name);
    if (direct !== undefined) return `\${${direct}}`;
    const owner = dot < 0 ? undefined : renamed.get(name.slice(0, dot));
    return owner === undefined ? whole : `\${${owner}${name.slice(dot)}}`;
  });
}
