import { readServiceSpec } from '../../bundles/index.ts';
import type { Db } from '../../database/index.ts';
import { environmentArn, environmentFind } from '../../environments/index.ts';
import { type Installation, protonArn } from '../../identifiers/index.ts';
import type { ResourceReference } from '../../organization/index.ts';
import { instanceArn, instancesOf, pipelineArn, serviceArn, serviceFind } from '../../services/index.ts';
import { type TemplateKind, templateArn } from '../../templates/index.ts';
import { type Act, onThing, type Reach } from './act.ts';

/** What the tables of both doors look things up with. */
export interface ActTools {
  readonly db: Db;
  readonly installation: Installation;
}

interface New {
  readonly name: string;
  readonly templateName: string;
  readonly tags?: readonly { readonly key: string; readonly value: string }[];
}

export const environmentThing = ({ installation }: ActTools, name: string): ResourceReference => ({
  arn: environmentArn(installation, name),
  kind: 'environment',
});
export const serviceThing = ({ installation }: ActTools, name: string): ResourceReference => ({
  arn: serviceArn(installation, name),
  kind: 'service',
});
export const instanceThing = ({ installation }: ActTools, serviceName: string, name: string): ResourceReference => ({
  arn: instanceArn(installation, serviceName, name),
  kind: 'service-instance',
});
export const pipelineThing = ({ installation }: ActTools, serviceName: string): ResourceReference => ({
  arn: pipelineArn(installation, serviceName),
  kind: 'service-pipeline',
});
export const componentThing = ({ installation }: ActTools, name: string): ResourceReference => ({
  arn: protonArn(installation, `component/${name}`),
  kind: 'component',
});
export const templateThing = ({ installation }: ActTools, kind: TemplateKind, name: string): ResourceReference => ({
  arn: templateArn(installation, { kind, name }),
  kind: `${kind}-template`,
});
export const accountThing = ({ installation: { partition, accountId } }: ActTools): ResourceReference => ({
  arn: `arn:${partition}:iam::${accountId}:root`,
  kind: 'account',
});
/** What deploys nothing is done at once, also where its siblings make a plan. */
export const reachOf = ({ deploymentType }: { readonly deploymentType?: string }): Reach =>
  deploymentType === 'NONE' ? 'none' : 'unknown';

/** Whoever puts an instance into an environment reads its outputs: he has to be allowed to. */
function environmentReads(tools: ActTools, spec: string, names?: (name: string) => boolean): Act[] {
  const { spec: read } = readServiceSpec(spec);
  const named = read?.instances.filter(({ name }) => names?.(name) ?? true).map((each) => each.environment) ?? [];
  return [...new Set(named)]
    .filter((name) => name !== '')
    .map((name) => onThing(environmentThing(tools, name), 'read'));
}

/** A new instance, into the environment that its service's spec names for it. */
async function newInstance(tools: ActTools, serviceName: string, name: string, spec: string): Promise<Act> {
  const of = await serviceFind(tools.db, serviceName);
  const named = readServiceSpec(spec).spec?.instances.find((each) => each.name === name)?.environment;
  const home = named ? await environmentFind(tools.db, named) : undefined;
  return {
    to: 'new',
    verb: 'instance:create',
    ...instanceThing(tools, serviceName, name),
    environmentArn: home?.arn,
    template: of?.templateName,
    roleArn: home?.protonServiceRoleArn,
  };
}

/** A spec says which instances a service has: those that it adds and leaves out are created and deleted. */
async function instanceChanges(tools: ActTools, serviceName: string, spec: string | undefined): Promise<Act[]> {
  const read = spec === undefined ? undefined : readServiceSpec(spec).spec;
  if (spec === undefined || !read) return [];
  const stored = new Set((await instancesOf(tools.db, serviceName)).map(({ name }) => name));
  const wanted = new Set(read.instances.map(({ name }) => name));
  const added = [...wanted].filter((name) => !stored.has(name));
  const removed = [...stored].filter((name) => !wanted.has(name));
  return [
    ...environmentReads(tools, spec, (name) => added.includes(name)),
    ...(await Promise.all(added.map((name) => newInstance(tools, serviceName, name, spec)))),
    ...removed.map((name) => onThing(instanceThing(tools, serviceName, name), 'delete', 'unknown')),
  ];
}

export function environmentCreation(
  tools: ActTools,
  { name, tags, templateName, protonServiceRoleArn: roleArn }: New & { readonly protonServiceRoleArn?: string },
): Act[] {
  return [
    { to: 'new', verb: 'environment:create', ...environmentThing(tools, name), tags, template: templateName, roleArn },
    onThing(templateThing(tools, 'environment', templateName), 'read'),
  ];
}

export function serviceCreation(
  tools: ActTools,
  { name, tags, templateName, spec }: New & { readonly spec: string },
): Act[] {
  return [
    { to: 'new', verb: 'service:create', ...serviceThing(tools, name), tags, template: templateName },
    onThing(templateThing(tools, 'service', templateName), 'read'),
    ...environmentReads(tools, spec),
  ];
}

export async function serviceUpdate(
  tools: ActTools,
  { name, spec }: { readonly name: string; readonly spec?: string },
): Promise<Act[]> {
  return [onThing(serviceThing(tools, name), 'update', 'unknown'), ...(await instanceChanges(tools, name, spec))];
}

export async function instanceCreation(
  tools: ActTools,
  { serviceName, name, spec }: { readonly serviceName: string; readonly name: string; readonly spec: string },
): Promise<Act[]> {
  return [
    onThing(serviceThing(tools, serviceName), 'read'),
    await newInstance(tools, serviceName, name, spec),
    ...environmentReads(tools, spec, (each) => each === name),
  ];
}
