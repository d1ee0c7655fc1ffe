import { type Installation, parseProtonArn, protonArn } from '../../identifiers/index.ts';
import type { ResourceKind } from './placement.ts';

export interface ResourceReference {
  readonly arn: string;
  readonly kind: ResourceKind;
}

const name = '[A-Za-z0-9][A-Za-z0-9_-]{0,99}';
const forms: readonly (readonly [RegExp, ResourceKind])[] = [
  [new RegExp(`^environment-template/${name}$`), 'environment-template'],
  [new RegExp(`^service-template/${name}$`), 'service-template'],
  [new RegExp(`^environment/${name}$`), 'environment'],
  [new RegExp(`^service/${name}$`), 'service'],
  [new RegExp(`^service/${name}/service-instance/${name}$`), 'service-instance'],
  [new RegExp(`^service/${name}/pipeline$`), 'service-pipeline'],
  [new RegExp(`^component/${name}$`), 'component'],
];

/**
 * Reads how people name a resource: an ARN, or the part of it behind the account, e.g. `environment/prod`,
 * `service/shop/pipeline`; `account/111122223333` is a cloud account, whose ARN is that of its root in IAM.
 */
export function readResource(installation: Installation, text: string): ResourceReference | undefined {
  const account = /^(?:account\/|arn:aws(?:-cn|-us-gov)?:iam::)(\d{12})(?::root)?$/.exec(text)?.[1];
  if (account) return { arn: `arn:${installation.partition}:iam::${account}:root`, kind: 'account' };
  const parsed = text.startsWith('arn:') ? parseProtonArn(text) : { ...installation, resource: text };
  const kind = forms.find(([form]) => parsed && form.test(parsed.resource))?.[1];
  return parsed && kind ? { arn: protonArn(parsed, parsed.resource), kind } : undefined;
}
