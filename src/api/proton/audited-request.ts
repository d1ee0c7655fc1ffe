import type { AuditAttempt } from '../../audit/index.ts';
import { type Installation, protonArn } from '../../identifiers/index.ts';
import type { OperationName, RequestContext } from './operation.ts';
import { knownArn } from './resource-arn.ts';

type Input = Readonly<Record<string, unknown>>;

/** Operations that only read leave no entry. */
export function isAudited(operation: OperationName): boolean {
  return !/^(Get|List)/.test(operation);
}

export function auditAttempt(
  installation: Installation,
  operation: OperationName,
  input: Input,
  { caller, requestId }: RequestContext,
): AuditAttempt {
  const target = auditTarget(installation, operation, input);
  return { principalId: caller.id, principal: caller.name, verb: `proton:${operation}`, target, requestId };
}

/** The ARN of what an operation is about, from the names in its input, which nobody has checked yet. */
export function auditTarget(installation: Installation, operation: OperationName, input: Input): string | undefined {
  const noun = /^(?:Accept|Cancel|Create|Delete|Reject|Update)(.+?)(?:Deployment)?$/.exec(operation)?.[1];
  if (noun === undefined) return text(input.resourceArn) && knownArn(text(input.resourceArn) ?? '');
  const parts = paths[noun]?.(input) ?? [undefined];
  return parts.includes(undefined) ? undefined : protonArn(installation, parts.join(''));
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value.slice(0, 500) : undefined;
}

const version = ({ majorVersion, minorVersion }: Input) =>
  text(minorVersion) === undefined ? '' : `:${text(majorVersion)}.${text(minorVersion)}`;

/** By what an operation's name speaks of; a path with a part that the input lacks is none. */
const paths: Readonly<Record<string, (input: Input) => readonly (string | undefined)[]>> = {
  AccountSettings: () => ['account-settings'],
  Component: ({ name, componentName }) => ['component/', text(name ?? componentName)],
  Deployment: ({ id }) => ['deployment/', text(id)],
  Environment: ({ name, environmentName }) => ['environment/', text(name ?? environmentName)],
  // a new connection has no id yet: the environment is what it is for
  EnvironmentAccountConnection: ({ id, environmentName }) =>
    id === undefined ? ['environment/', text(environmentName)] : ['environment-account-connection/', text(id)],
  EnvironmentTemplate: ({ name }) => ['environment-template/', text(name)],
  EnvironmentTemplateVersion: (input) => ['environment-template/', text(input.templateName), version(input)],
  Repository: ({ provider, name }) => ['repository/', text(provider), ':', text(name)],
  Service: ({ name }) => ['service/', text(name)],
  ServiceInstance: ({ serviceName, name, serviceInstanceName }) => [
    'service/',
    text(serviceName),
    '/service-instance/',
    text(name ?? serviceInstanceName),
  ],
  ServicePipeline: ({ serviceName }) => ['service/', text(serviceName), '/pipeline'],
  ServiceSyncBlocker: ({ id }) => ['service-sync-blocker/', text(id)],
  ServiceSyncConfig: ({ serviceName }) => ['service/', text(serviceName)],
  ServiceTemplate: ({ name }) => ['service-template/', text(name)],
  ServiceTemplateVersion: (input) => ['service-template/', text(input.templateName), version(input)],
  TemplateSyncConfig: ({ templateType, templateName }) => [
    text(templateType)?.toLowerCase(),
    '-template/',
    text(templateName),
  ],
};
