import type { FastifyRequest } from 'fastify';
import { type PlannedChange, planMissing, readPlannedChange } from '../../deployments/index.ts';
import type { EnvironmentChange } from '../../environments/index.ts';
import type { Refusal } from '../../errors/index.ts';
import { deliveryNotFailed, deliveryWebhook, type Webhook, webhookFind, webhookMissing } from '../../events/index.ts';
import { readResource } from '../../organization/index.ts';
import type { ServiceChange } from '../../services/index.ts';
import type { BundleSource, TemplateKind } from '../../templates/index.ts';
import {
  type Act,
  type ActTools,
  acts,
  environmentCreation,
  environmentThing,
  type Governed,
  instanceCreation,
  instanceThing,
  lists,
  onInstallation,
  onThing,
  pipelineThing,
  reachOf,
  serviceCreation,
  serviceThing,
  serviceUpdate,
  templateThing,
} from '../authorisation/index.ts';
import { callerOf } from './caller.ts';

/** A change as it is kept with its plan, to be made when the plan is applied. */
export type KeptChange =
  | { readonly of: 'environment'; readonly change: EnvironmentChange }
  | { readonly of: 'service'; readonly change: ServiceChange };

interface GovernedRoute {
  readonly governed: (request: FastifyRequest, tools: ActTools) => Governed | Promise<Governed>;
  /** Of what changes something: its name in the audit. */
  readonly audit?: string;
}

/** By method and path as Fastify has them, without the prefix of the door. A test holds it against the routes. */
export const routeActs: Readonly<Record<string, GovernedRoute>> = {
  'GET /events': open(lists),

  ...ofWebhooks(),

  'GET /audit': open(lists),
  'GET /audit/chain': open(acts(onInstallation('audit:read'))),
  'GET /audit/export': open(acts(onInstallation('audit:read'))),
  'GET /decisions/:id': open({ leftTo: 'his own, of what he may read, and for whom the audit is open all' }),
  'GET /decisions/replay': open(acts(onInstallation('audit:read'))),

  'GET /units': open(acts(onInstallation('organization:read'))),
  'PUT /units/:name': byAuthority(),
  'DELETE /units/:name': byAuthority(),
  'POST /units/:name/rename': byAuthority(),
  'GET /teams': open(acts(onInstallation('organization:read'))),
  'PUT /teams/:name': byAuthority(),
  'DELETE /teams/:name': byAuthority(),
  'POST /teams/:name/rename': byAuthority(),
  'GET /principals': open(acts(onInstallation('organization:read'))),
  'POST /principals': byAuthority(),
  'POST /principals/:name/end': byAuthority(),
  'POST /principals/:name/reinstate': byAuthority(),
  'GET /memberships': { governed: memberships },
  'PUT /teams/:name/members/:principal': byAuthority(),
  'DELETE /teams/:name/members/:principal': byAuthority(),
  'POST /organization/plan': open(acts(onInstallation('organization:read'))),
  'POST /organization/apply': { ...open(acts(onInstallation('organization:read'))), audit: 'ApplyOrganization' },

  'GET /environment-classes': open(acts(onInstallation('organization:read'))),
  'PUT /environment-classes/:name': byAuthority(),
  'DELETE /environment-classes/:name': byAuthority(),

  'GET /resources': open(lists),
  'PUT /resources': { ...readerOf('body'), audit: 'PlaceResource' },
  'GET /orphans': open(lists),
  'GET /orphans/approvals': open(lists),
  'GET /handovers': open(lists),
  'POST /handovers': { ...readerOf('body'), audit: 'OfferHandover' },
  'GET /handovers/:id': open(lists),
  'POST /handovers/:id/accept': byAuthority(),
  'POST /handovers/:id/decline': byAuthority(),
  'POST /handovers/:id/withdraw': byAuthority(),

  'GET /guard-rails': open({ leftTo: 'everybody may know what he is held to' }),
  'GET /guard-rails/:rail/history': open({ leftTo: 'everybody may know what he is held to' }),
  'PUT /guard-rails/:rail': ofGuardRails(),
  'POST /guard-rails/plan': open({ leftTo: 'everybody may know what he is held to' }),
  'POST /guard-rails/apply': ofGuardRails(),
  'GET /compliance': readerOf('query'),
  'GET /guard-rail-exceptions': open(lists),
  'POST /guard-rail-exceptions': { ...readerOf('body'), audit: 'RequestException' },
  'GET /guard-rail-exceptions/:id': open(lists),
  'POST /guard-rail-exceptions/:id/grant': ofGuardRails(),
  'POST /guard-rail-exceptions/:id/reject': ofGuardRails(),
  'POST /guard-rail-exceptions/:id/revoke': ofGuardRails(),

  'GET /caller': open({ leftTo: 'everybody may know who he is' }),
  'GET /access-keys': ownCredentials(),
  'POST /access-keys': ownCredentials(),
  'POST /access-keys/:id/rotate': ownCredentials(),
  'DELETE /access-keys/:id': ownCredentials(),
  'GET /tokens': ownCredentials(),
  'POST /tokens': ownCredentials(),
  'DELETE /tokens/:id': ownCredentials(),
  'GET /sessions': ownCredentials(),
  'DELETE /sessions': ownCredentials(),
  'DELETE /sessions/:id': ownCredentials(),
  'PUT /principals/:name/identity': ownCredentials(),

  'GET /federation-rules': open(acts(onInstallation('organization:read'))),
  'PUT /federation-rules/:name': byAuthority(),
  'DELETE /federation-rules/:name': byAuthority(),

  'GET /approvals': open(lists),
  'GET /approvals/:id': byThoseAsked(),
  'POST /approvals/:id/approve': byThoseAsked(),
  'POST /approvals/:id/reject': byThoseAsked(),
  'POST /approvals/:id/withdraw': byThoseAsked(),
  'POST /approvals/:id/questions': byThoseAsked(),
  'POST /approvals/:id/questions/:question/answer': byThoseAsked(),
  'POST /approvals/:id/break-glass': byThoseAsked(),
  'GET /delegations': open(acts(onInstallation('organization:read'))),
  'POST /delegations': byAuthority(),
  'DELETE /delegations/:id': byAuthority(),
  'GET /emergencies': open(acts(onInstallation('organization:read'))),
  'GET /emergencies/:id': open(acts(onInstallation('organization:read'))),
  'POST /emergencies': byBreakingGlass(),
  'POST /emergencies/:id/second': byBreakingGlass(),
  'POST /emergencies/:id/end': byBreakingGlass(),

  'GET /models': open(acts(onInstallation('policy:read'))),
  'PUT /models': byRules(),
  'POST /models/simulate': open(acts(onInstallation('audit:read'))),
  'GET /restrictions': open(acts(onInstallation('policy:read'))),
  'PUT /restrictions': byRules(),
  'DELETE /restrictions': byRules(),
  'GET /policies': open(acts(onInstallation('policy:read'))),
  'POST /policies': byRules(),
  'POST /governance/plan': open(acts(onInstallation('organization:read'))),
  'POST /governance/apply': byRules(),

  'GET /deployments/:id/plan': deployment('read'),
  'GET /deployments/:id/guard-rails': deployment('read'),
  'POST /deployments/:id/abandon': { ...deployment('delete'), audit: 'AbandonDeletion' },
  'POST /deployments/:id/recover': { ...deployment('update', 'unknown'), audit: 'RecoverDeployment' },

  'POST /environments/:name/plan': changeOf((params, body) => ({
    of: 'environment',
    change: { ...body, name: params.name } as EnvironmentChange,
  })),
  'POST /services/:service/instances/:instance/plan': changeOf((params, body) => ({
    of: 'service',
    change: { of: 'instance', ...body, serviceName: params.service, name: params.instance } as ServiceChange,
  })),
  'POST /services/:service/pipeline/plan': changeOf((params, body) => ({
    of: 'service',
    change: { of: 'pipeline', operation: 'update', ...body, serviceName: params.service } as ServiceChange,
  })),
  'POST /services/:service/plan': changeOf((params, body) => ({
    of: 'service',
    change: { of: 'service', ...body, name: params.service } as ServiceChange,
  })),
  'GET /plans/:id': { governed: plannedThing },
  'POST /plans/:id/apply': { governed: plannedChange, audit: 'ApplyPlan' },

  'GET /templates': open(lists),
  'PUT /templates/:kind/:name/version-enforcement': onTemplate('template:publish', 'SetVersionEnforcement'),
  'GET /templates/:kind/:name/versions': onTemplate('template:read'),
  'POST /templates/:kind/:name/versions': { governed: registration, audit: 'RegisterTemplateVersion' },
  'POST /templates/:kind/:name/check': onTemplate('template:read'),
  'GET /templates/:kind/:name/versions/:version': onTemplate('template:read'),
  'GET /templates/:kind/:name/versions/:version/report': onTemplate('template:read'),
  'GET /templates/:kind/:name/versions/:version/preview': onTemplate('template:read'),
  'POST /templates/:kind/:name/versions/:version/preview': onTemplate('template:read'),
  'POST /templates/:kind/:name/versions/:version/publish': onTemplate('template:publish', 'PublishTemplateVersion'),
  'POST /templates/:kind/:name/versions/:version/recommend': onTemplate(
    'template:recommend',
    'RecommendTemplateVersion',
  ),
  'POST /templates/:kind/:name/versions/:version/deprecate': onTemplate(
    'template:deprecate',
    'DeprecateTemplateVersion',
  ),
  'POST /templates/:kind/:name/versions/:version/withdraw': onTemplate('template:withdraw', 'WithdrawTemplateVersion'),
  'POST /templates/:kind/:name/versions/:version/reinstate': onTemplate('template:publish', 'ReinstateTemplateVersion'),
};

/** Routes that nobody has to be known for, and why. */
export const publicRoutes: Readonly<Record<string, string>> = {
  'GET /openapi.json': 'it describes this API to whoever wants to use it',
  'POST /federation/token': 'the token that is exchanged says who asks, and the rules for it decide',
};

/** What nobody has said anything about is for administrators. */
export const unknownRoute: GovernedRoute = { governed: () => acts(onInstallation('settings:write')) };

function open(governed: Governed): GovernedRoute {
  return { governed: () => governed };
}

/** What it touches is known within its transaction: the organization asks governance there, and the decision is kept. */
function byAuthority(): GovernedRoute {
  return open({ leftTo: 'the action has it decided with the facts of its transaction' });
}

function ofGuardRails(): GovernedRoute {
  return open({ leftTo: 'guard rails ask governance themselves, as what the exception is for says' });
}

/** Who may read a thing may ask about it, and for something to be done with it, of which is decided further. */
function readerOf(place: 'query' | 'body'): GovernedRoute {
  return {
    governed: (request, { installation }) => {
      const thing = readResource(installation, (request[place] as { readonly resource: string }).resource);
      return thing ? acts(onThing(thing, 'read')) : acts();
    },
  };
}

/** Rules say who is asked, and may be asked in another one's place; whoever may not see the deployment is told of none. */
function byThoseAsked(): GovernedRoute {
  return open({
    leftTo: 'deployment:approve is decided about with the plan, for him and for those in whose place he is',
  });
}

function byBreakingGlass(): GovernedRoute {
  return open({ leftTo: 'members of the team break-glass alone, whatever the rules say' });
}

/** Where a model or a restriction shall hold is known to the action, which keeps the decision. */
function byRules(): GovernedRoute {
  return open({ leftTo: 'the action asks for model:assign or policy:write on the unit' });
}

function ownCredentials(): GovernedRoute {
  return open({ leftTo: 'the action has key:read, key:issue or key:revoke decided, for whose they are' });
}

/** A webhook is told of what is in its unit and below: it is for those who answer for that. */
function ofWebhooks(): Record<string, GovernedRoute> {
  const inUnit = ({ unit }: Pick<Webhook, 'unit'>, hidden?: Refusal) =>
    acts({ to: 'unit', verb: 'webhook:write', unit, hidden });
  const one = async ({ params }: FastifyRequest, { db }: ActTools) => {
    const { id } = params as { readonly id: string };
    const webhook = await webhookFind(db, id);
    return webhook ? inUnit(webhook, webhookMissing(id).refusal) : acts();
  };
  const delivery = async ({ params }: FastifyRequest, { db }: ActTools) => {
    const { id } = params as { readonly id: string };
    const webhook = await webhookFind(db, (await deliveryWebhook(db, id)) ?? '');
    return webhook ? inUnit(webhook, deliveryNotFailed(id).refusal) : acts();
  };
  return {
    'GET /webhooks': open(lists),
    'POST /webhooks': { governed: ({ body }) => inUnit(body as Webhook), audit: 'AddWebhook' },
    'GET /webhooks/:id': { governed: one },
    'DELETE /webhooks/:id': { governed: one, audit: 'RemoveWebhook' },
    'POST /webhooks/:id/secret': { governed: one, audit: 'RotateWebhookSecret' },
    'POST /webhooks/:id/test': { governed: one },
    'POST /webhooks/:id/redeliver': { governed: one, audit: 'RedeliverAll' },
    'GET /webhook-deliveries': open(lists),
    'POST /webhook-deliveries/:id/redeliver': { governed: delivery, audit: 'Redeliver' },
  };
}

function memberships(request: FastifyRequest): Governed {
  const { principal } = request.query as { readonly principal?: string };
  if (principal === callerOf(request).name) return { leftTo: 'everybody may know where he is' };
  return acts(onInstallation('organization:read'));
}

function deployment(does: 'read' | 'update' | 'delete', change: 'none' | 'unknown' = 'none'): GovernedRoute {
  return {
    governed: ({ params }) => acts({ to: 'deployment', id: (params as { readonly id: string }).id, does, change }),
  };
}

type TemplateVerb = Extract<Act, { readonly to: 'thing' }>['verb'];

function templateOf({ params }: FastifyRequest, tools: ActTools) {
  const { kind, name } = params as { readonly kind: TemplateKind; readonly name: string };
  return templateThing(tools, kind, name);
}

function onTemplate(verb: TemplateVerb, audit?: string): GovernedRoute {
  return {
    audit,
    governed: (request, tools) => acts({ to: 'thing', ...templateOf(request, tools), verb, change: 'none' }),
  };
}

function registration(request: FastifyRequest, tools: ActTools): Governed {
  const said = (request.body instanceof Uint8Array ? request.query : request.body) as {
    readonly compatibleEnvironments?: readonly string[];
    readonly source?: BundleSource;
  };
  const named = new Set(said.compatibleEnvironments?.map((each) => each.split(':')[0] ?? ''));
  return acts(
    onThing(templateOf(request, tools), 'update'),
    ...[...named].map((name) => onThing(templateThing(tools, 'environment', name), 'read')),
    ...(said.source ? [{ to: 'object', object: said.source, does: 'read' } as const] : []),
  );
}

/** Planning says what is there: it is for those who may make the change. */
function changeOf(read: (params: Readonly<Record<string, string>>, body: object) => KeptChange): GovernedRoute {
  return {
    governed: async ({ params, body }, tools) =>
      acts(...(await changeActs(tools, read(params as Record<string, string>, body as object)))),
  };
}

async function plannedThing({ params }: FastifyRequest, { db, installation }: ActTools): Promise<Governed> {
  const known = await readPlannedChange({ db }, (params as { readonly id: string }).id);
  const thing = known.ok ? readResource(installation, known.value.plan.targetArn) : undefined;
  if (!known.ok || !thing) return acts();
  // of something that is to be made there is nothing yet to be read
  const kept = known.value.request as KeptChange;
  const isNew = kept.change.operation === 'create';
  return {
    acts: (isNew ? await changeActs({ db, installation }, kept) : [onThing(thing, 'read')]).map(ofPlan(known.value)),
    ...hiddenPlan(known.value),
  };
}

async function plannedChange({ params }: FastifyRequest, tools: ActTools): Promise<Governed> {
  const known = await readPlannedChange(tools, (params as { readonly id: string }).id);
  if (!known.ok) return acts();
  const kept = known.value.request as KeptChange;
  const planned = await changeActs(tools, kept);
  return { acts: planned.map(ofPlan(known.value)), ...hiddenPlan(known.value) };
}

/** Its id names nothing to whoever may not know what it would change. */
function hiddenPlan({ plan: { id } }: PlannedChange) {
  return { named: `plan/${id}`, hidden: planMissing(id).refusal };
}

/** What is planned for a thing that is gone is not planned for the one that has its name now. */
function ofPlan({ plan: { id, targetArn } }: PlannedChange) {
  return (act: Act): Act =>
    (act.to === 'thing' || act.to === 'new') && act.arn === targetArn ? { ...act, record: { of: 'plan', id } } : act;
}

async function changeActs(tools: ActTools, kept: KeptChange): Promise<readonly Act[]> {
  if (kept.of === 'environment') {
    const { change } = kept;
    if (change.operation === 'create') return environmentCreation(tools, change);
    const reach = change.operation === 'delete' ? 'unknown' : reachOf(change);
    return [onThing(environmentThing(tools, change.name), change.operation, reach)];
  }
  const { change } = kept;
  switch (change.of) {
    case 'service':
      if (change.operation === 'create') return serviceCreation(tools, change);
      if (change.operation === 'update') return serviceUpdate(tools, change);
      return [onThing(serviceThing(tools, change.name), 'delete', 'unknown')];
    case 'instance': {
      if (change.operation === 'create') return instanceCreation(tools, change);
      const reach = change.operation === 'delete' ? 'unknown' : reachOf(change);
      return [onThing(instanceThing(tools, change.serviceName, change.name), change.operation, reach)];
    }
    case 'pipeline':
      return [onThing(pipelineThing(tools, change.serviceName), 'update', reachOf(change))];
  }
}
