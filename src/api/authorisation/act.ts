import type { Refusal } from '../../errors/index.ts';
import type { RecordKind } from '../../fleet/index.ts';
import type { GovernedKind, Verb } from '../../governance/index.ts';
import type { ObjectName } from '../../object-storage/index.ts';
import {
  type NewResource,
  type ResourceKind,
  type ResourceReference,
  readResource,
  resourceKinds,
} from '../../organization/index.ts';

/** One thing that an operation does, and to what. */
export type Act =
  | ({
      readonly to: 'thing';
      readonly verb: Verb;
      readonly change: Reach;
      /** What is told of the thing: one of another that had the name before is not there. */
      readonly record?: ActRecord;
    } & ResourceReference)
  | ({
      readonly to: 'new';
      readonly verb: Verb;
      /** Name of the template that it is made from, and the role that says in which account. */
      readonly template?: string;
      readonly roleArn?: string;
      readonly record?: ActRecord;
    } & Pick<NewResource, 'arn' | 'kind' | 'tags' | 'environmentArn'>)
  | { readonly to: 'deployment'; readonly id: string; readonly does: KindVerb; readonly change: Reach }
  /** An uploaded bundle, which is its team's as a template is. */
  | { readonly to: 'object'; readonly object: ObjectName; readonly does: 'read' | 'put' | 'delete' }
  /** Something in a unit. `hidden`: what is said to who may not, where he is not to know of it. */
  | { readonly to: 'unit'; readonly verb: Verb; readonly unit: string; readonly hidden?: Refusal }
  | { readonly to: 'installation'; readonly verb: Verb };

/** Something that is kept about a thing, by its id. */
export interface ActRecord {
  readonly of: RecordKind;
  readonly id: string;
}

/**
 * How far an act reaches: `none` changes nothing that is deployed, and is done at once or not at all; of `unknown` the plan
 * will tell, which then is decided about and may wait for approvals.
 */
export type Reach = 'none' | 'unknown';

/** What an operation asks to be allowed. */
export type Governed =
  /**
   * All of these. `named`: what the question calls the thing, where it does not name it itself; `hidden`: what is said in
   * place of every "no" that tells of a thing the question did not name.
   */
  | { readonly acts: readonly Act[]; readonly named?: string; readonly hidden?: Refusal }
  /** Anybody may ask; the answer has only what he may read. */
  | { readonly lists: true }
  /** Whoever carries it out decides. @see reason */
  | { readonly leftTo: string };

/** What can be done to a thing of any kind, in the verbs of its kind. */
export type KindVerb = 'read' | 'update' | 'delete' | 'stop';

const template = {
  read: 'template:read',
  update: 'template:register',
  delete: 'template:delete',
  stop: 'template:register',
} as const;

/** A pipeline goes with its service, and is let go of like it is changed. */
export const verbsOfKind = {
  'environment-template': template,
  'service-template': template,
  environment: {
    read: 'environment:read',
    update: 'environment:update',
    delete: 'environment:delete',
    stop: 'deployment:cancel',
  },
  service: { read: 'service:read', update: 'service:update', delete: 'service:delete', stop: 'deployment:cancel' },
  'service-instance': {
    read: 'instance:read',
    update: 'instance:update',
    delete: 'instance:delete',
    stop: 'deployment:cancel',
  },
  'service-pipeline': {
    read: 'pipeline:read',
    update: 'pipeline:update',
    delete: 'pipeline:update',
    stop: 'deployment:cancel',
  },
  component: {
    read: 'component:read',
    update: 'component:update',
    delete: 'component:delete',
    stop: 'deployment:cancel',
  },
  account: { read: 'account:read', update: 'account:connect', delete: 'account:connect', stop: 'account:connect' },
} as const satisfies Record<ResourceKind, Record<KindVerb, Verb>>;

export function onThing(reference: ResourceReference, does: KindVerb, change: Reach = 'none'): Act {
  return { to: 'thing', ...reference, verb: verbsOfKind[reference.kind][does], change };
}

/** Which thing an ARN names: of a version its template. undefined: none that can be placed. */
export function thingOfArn(arn: string): ResourceReference | undefined {
  const [, partition = '', , region = '', accountId = ''] = arn.split(':');
  return readResource({ partition, region, accountId }, arn.replace(/(-template\/[^/:]+):\d+\.\d+$/, '$1'));
}

/** Whether it is a thing that is placed, and no part of the organization itself. */
export function isThing<Of extends { readonly kind: GovernedKind }>(
  of: Of,
): of is Of & { readonly kind: ResourceKind } {
  return (resourceKinds as readonly string[]).includes(of.kind);
}

export const onInstallation = (verb: Verb): Act => ({ to: 'installation', verb });

export const lists: Governed = { lists: true };
export const acts = (...each: readonly Act[]): Governed => ({ acts: each });
