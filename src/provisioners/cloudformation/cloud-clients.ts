import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { Clock } from '../../clock/index.ts';
import type { Placement } from '../provisioner.ts';

export interface CloudCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly expiration?: Date;
}

export interface CloudClientOptions {
  readonly clock: Clock;
  /** Absent: the real endpoints of AWS. Given: any CloudFormation and STS, e.g. the simulated cloud. */
  readonly endpoint?: string;
  /** Absent: the SDK's own chain (environment, profile, instance role). */
  readonly credentials?: CloudCredentials;
}

/** Renewed when less than this is left of a role session. */
const renewBeforeMs = 5 * 60 * 1000;

/** One client per account, region and role, made at first use; role sessions are renewed by themselves. */
export class CloudClients {
  readonly #options: CloudClientOptions;
  readonly #clients = new Map<string, CloudFormationClient>();

  constructor(options: CloudClientOptions) {
    this.#options = options;
  }

  cloudFormation(placement: Placement): CloudFormationClient {
    const key = `${placement.accountId}/${placement.region}/${placement.roleArn ?? ''}`;
    const known = this.#clients.get(key);
    if (known) return known;
    const client = new CloudFormationClient({
      region: placement.region,
      endpoint: this.#options.endpoint,
      credentials: placement.roleArn
        ? this.#roleCredentials(placement.region, placement.roleArn)
        : this.#options.credentials,
      retryMode: 'adaptive',
      maxAttempts: 8,
    });
    this.#clients.set(key, client);
    return client;
  }

  close(): void {
    for (const client of this.#clients.values()) client.destroy();
    this.#clients.clear();
  }

  #roleCredentials(region: string, roleArn: string): () => Promise<CloudCredentials> {
    let current: Promise<CloudCredentials> | undefined;
    return async () => {
      const known = await current?.catch(() => undefined);
      const left = (known?.expiration?.getTime() ?? 0) - this.#options.clock.now().getTime();
      if (known && left > renewBeforeMs) return known;
      current = this.#assumeRole(region, roleArn);
      return current;
    };
  }

  async #assumeRole(region: string, roleArn: string): Promise<CloudCredentials> {
    const { endpoint, credentials } = this.#options;
    const sts = new STSClient({ region, endpoint, credentials, maxAttempts: 5 });
    try {
      const { Credentials: session } = await sts.send(
        new AssumeRoleCommand({ RoleArn: roleArn, RoleSessionName: 'deuteron', DurationSeconds: 3600 }),
      );
      if (!session?.AccessKeyId || !session.SecretAccessKey) throw new Error(`STS gave no credentials for ${roleArn}`);
      return {
        accessKeyId: session.AccessKeyId,
        secretAccessKey: session.SecretAccessKey,
        sessionToken: session.SessionToken,
        expiration: session.Expiration,
      };
    } finally {
      sts.destroy();
    }
  }
}
