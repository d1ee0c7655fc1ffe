import type { GovernedKind } from './facts.ts';

/** Resources as rules name their types. */
export const resourceTypes = {
  'environment-template': 'Template',
  'service-template': 'Template',
  environment: 'Environment',
  service: 'Service',
  'service-instance': 'Instance',
  'service-pipeline': 'Pipeline',
  component: 'Component',
  account: 'Account',
  unit: 'Unit',
  team: 'Team',
  principal: 'Principal',
  installation: 'Installation',
} as const satisfies Record<GovernedKind, string>;
export type ResourceType = (typeof resourceTypes)[GovernedKind];

const deployable = ['Environment', 'Service', 'Instance', 'Pipeline', 'Component'] as const;
const owned = ['Template', ...deployable] as const;
const placed = [...owned, 'Account'] as const;

/** What can be done: by group, the verb and the types of resources it can be done to. Rules may name group or verb. */
export const verbGroups = {
  reads: {
    'template:read': ['Template'],
    'environment:read': ['Environment'],
    'service:read': ['Service'],
    'instance:read': ['Instance'],
    'pipeline:read': ['Pipeline'],
    'component:read': ['Component'],
    'account:read': ['Account'],
    'organization:read': ['Unit', 'Installation'],
    'policy:read': ['Installation'],
  },
  authoring: { 'template:register': ['Template'], 'template:delete': ['Template'] },
  publishing: {
    'template:publish': ['Template'],
    'template:recommend': ['Template'],
    'template:deprecate': ['Template'],
    'template:withdraw': ['Template'],
  },
  creations: {
    'environment:create': ['Environment'],
    'service:create': ['Service'],
    'instance:create': ['Instance'],
  },
  updates: {
    'environment:update': ['Environment'],
    'service:update': ['Service'],
    'instance:update': ['Instance'],
    'pipeline:update': ['Pipeline'],
  },
  deletions: {
    'environment:delete': ['Environment'],
    'service:delete': ['Service'],
    'instance:delete': ['Instance'],
    'pipeline:delete': ['Pipeline'],
  },
  components: {
    'component:attach': ['Component'],
    'component:update': ['Component'],
    'component:delete': ['Component'],
  },
  steering: {
    'deployment:cancel': deployable,
    'campaign:start': ['Unit', 'Installation', ...owned],
    'resource:adopt': deployable,
    'ownership:hand-over': placed,
  },
  exceptions: { 'guard-rail:except': owned },
  // of the thing as it will be, so that who shall have it is its owner; of data, as far as its data goes
  ownership: {
    'ownership:accept': placed,
    'ownership:decline': placed,
    'ownership:withdraw': placed,
    'data-ownership:hand-over': placed,
    'data-ownership:accept': placed,
    'data-ownership:decline': placed,
    'data-ownership:withdraw': placed,
  },
  answers: { 'deployment:approve': owned },
  delegations: { 'delegation:make': ['Principal'], 'delegation:end': ['Principal'] },
  memberships: { 'membership:write': ['Team'], 'membership:end': ['Team'] },
  administration: {
    'account:connect': ['Account', 'Environment', 'Installation'],
    'model:assign': ['Unit', 'Account', 'Template', 'Installation'],
    'policy:write': ['Unit', 'Account', 'Template', 'Installation'],
    'organization:write': ['Unit', 'Team', 'Installation'],
    'resource:place': placed,
    'principal:end': ['Principal'],
    'principal:reinstate': ['Principal'],
    'key:read': ['Principal', 'Installation'],
    'key:issue': ['Principal'],
    'key:revoke': ['Principal'],
    'settings:write': ['Installation'],
    'webhook:write': ['Unit', 'Installation'],
    'audit:read': ['Unit', 'Installation'],
  },
} as const satisfies Record<string, Record<string, readonly ResourceType[]>>;

export type VerbGroup = keyof typeof verbGroups;
type VerbsOf<Groups> =
  Groups extends Record<string, infer Verbs> ? (Verbs extends unknown ? keyof Verbs : never) : never;
export type Verb = VerbsOf<typeof verbGroups>;

export const verbs = Object.values(verbGroups).flatMap((group) => Object.keys(group)) as Verb[];

export function groupOf(verb: Verb): VerbGroup {
  return (Object.keys(verbGroups) as VerbGroup[]).find((group) => verb in verbGroups[group]) as VerbGroup;
}

/** Types that a verb applies to. */
export function typesOf(verb: Verb): readonly ResourceType[] {
  const group: Partial<Record<Verb, readonly ResourceType[]>> = verbGroups[groupOf(verb)];
  return group[verb] ?? [];
}
