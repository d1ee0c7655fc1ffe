/** Whose ARNs this installation writes. One logical region and account per installation (proton/behaviour 0). */
export interface Installation {
  readonly partition: string;
  readonly region: string;
  /** Twelve digits. */
  readonly accountId: string;
}

export interface ProtonArn extends Installation {
  /** The part behind the account, e.g. `service/shop/service-instance/shop-dev`. */
  readonly resource: string;
}

const protonArnPattern = /^arn:(aws(?:-cn|-us-gov)?):proton:([a-z0-9-]+):(\d{12}):(.+)$/;

export function protonArn(installation: Installation, resource: string): string {
  return `arn:${installation.partition}:proton:${installation.region}:${installation.accountId}:${resource}`;
}

/** undefined when the text is not the ARN of a Proton resource. */
export function parseProtonArn(text: string): ProtonArn | undefined {
  const [, partition, region, accountId, resource] = protonArnPattern.exec(text) ?? [];
  if (!partition || !region || !accountId || !resource) return undefined;
  return { partition, region, accountId, resource };
}

/** The part that differs within an installation, for people: `environment/prod`; `account/111122223333` of a root in IAM. */
export function shortArn(arn: string): string {
  const account = /^arn:[^:]*:iam::(\d{12}):root$/.exec(arn)?.[1];
  return account ? `account/${account}` : (parseProtonArn(arn)?.resource ?? arn);
}
