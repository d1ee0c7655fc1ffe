import { type Refusal, refuse } from '../errors/index.ts';
import { type Installation, protonArn } from '../identifiers/index.ts';
import type { Service } from './service-store.ts';

export type ServiceMissing = Refusal<'service-missing'>;
export type InstanceMissing = Refusal<'service-instance-missing'>;
export type PipelineMissing = Refusal<'service-pipeline-missing'>;
export type ServiceBusy = Refusal<'service-busy'>;

export function serviceArn(installation: Installation, name: string): string {
  return protonArn(installation, `service/${name}`);
}

export function instanceArn(installation: Installation, service: string, name: string): string {
  return protonArn(installation, `service/${service}/service-instance/${name}`);
}

export function pipelineArn(installation: Installation, service: string): string {
  return protonArn(installation, `service/${service}/pipeline`);
}

export function serviceMissing(installation: Installation, name: string) {
  return missing('service-missing', `The requested service does not exist: ${serviceArn(installation, name)}`);
}

export function instanceMissing(installation: Installation, service: string, name: string) {
  return missing(
    'service-instance-missing',
    `The requested service instance does not exist: ${instanceArn(installation, service, name)}`,
  );
}

export function pipelineMissing(installation: Installation, service: string) {
  return missing('service-pipeline-missing', `The service has no pipeline: ${pipelineArn(installation, service)}`);
}

function missing<Code extends string>(code: Code, message: string) {
  return refuse({ kind: 'missing', code, message, remedy: 'Check the name; names are case-sensitive.' });
}

export function serviceBusy({ name, status }: Service) {
  return refuse({
    kind: 'conflict',
    code: 'service-busy' as const,
    message: `The service ${name} is ${status}.`,
    remedy: 'Wait until that is over.',
  });
}
