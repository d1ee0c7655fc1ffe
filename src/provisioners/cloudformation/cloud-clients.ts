import { CloudFormationClient } from '@aws-sdk/client-cloudformation';
import { ConfigServiceClient } from '@aws-sdk/client-config-service';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { Clock } from '../../clock/index.ts';
import type { Placement } from '../provisioner.ts';
import { type CallPatience, callRetries } from './call-retries.ts';
import { observeCalls } from './observe-calls.ts';
import type { PacedCalls } from './paced-calls.ts';
import { isThrottling } from './provider-refusal.ts';

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
  /** Any AWS Config. Absent: that of AWS, or none where `endpoint` is another one. */
  readonly configEndpoint?: string;
  /** Absent: the SDK's own chain (environment, profile, instance role). */
  readonly credentials?: CloudCredentials;
  /** Absent: calls are made as they come. */
  readonly calls?: PacedCalls;
  /** How often a call that failed by the way is made again. */
  readonly patience?: CallPatience;
}

/** Which action of the provider an error came from. */
const failedActions = new WeakMap<object, string>();

function noteFailedAction(error: unknown, action: string): void {
  if (typeof error === 'object' && error !== null && !failedActions.has(error)) failedActions.set(error, action);
}

export function failedAction(error: unknown): string | undefined {
  return typeof error === 'object' && error !== null ? failedActions.get(error) : undefined;
}

/** Renewed when less than this is left of a role session. */
const renewBeforeMs = 5 * 60 * 1000;

/** One client per account, region and role, made at first use; role sessions are renewed by themselves. */
export class CloudClients {
  readonly #options: CloudClientOptions;
  readonly #clients = new Map<string, CloudFormationClient>();
  readonly #configClients = new Map<string, ConfigServiceClient>();

  constructor(options: CloudClientOptions) {
    this.#options = options;
  }

  cloudFormation(placement: Placement): CloudFormationClient {
    const key = keyOf(placement);
    const known = this.#clients.get(key);
    if (known) return known;
    const client = new CloudFormationClient({
      region: placement.region,
      endpoint: this.#options.endpoint,
      credentials: this.#credentialsFor(placement),
      retryStrategy: callRetries(this.#options.patience),
    });
    this.#watch(client, placement);
    observeCalls(client, 'CloudFormation');
    this.#clients.set(key, client);
    return client;
  }

  /** undefined where there is no AWS Config: a cloud that is not AWS has none that we know. */
  config(placement: Placement): ConfigServiceClient | undefined {
    const { endpoint, configEndpoint } = this.#options;
    if (endpoint !== undefined && configEndpoint === undefined) return undefined;
    const key = keyOf(placement);
    const known = this.#configClients.get(key);
    if (known) return known;
    const client = new ConfigServiceClient({
      region: placement.region,
      endpoint: configEndpoint,
      credentials: this.#credentialsFor(placement),
      retryStrategy: callRetries(this.#options.patience),
    });
    observeCalls(client, 'Config');
    this.#configClients.set(key, client);
    return client;
  }

  /** The next call there is made with a new session: the account may have ended the one that we have. */
  renewSession(placement: Placement): void {
    // calls under way go on, so the client is not destroyed
    if (!placement.roleArn) return;
    this.#clients.delete(keyOf(placement));
    this.#configClients.delete(keyOf(placement));
  }

  close(): void {
    for (const clients of [this.#clients, this.#configClients]) {
      for (const client of clients.values()) client.destroy();
      clients.clear();
    }
  }

  /** Every attempt waits for its turn; what goes wrong is known by its action. */
  #watch(client: CloudFormationClient, { accountId, region }: Placement): void {
    const { calls } = this.#options;
    const apiOf = (commandName: string | undefined) => (commandName ?? '').replace(/Command$/, '');
    client.middlewareStack.add(
      (next, context) => async (args) => {
        try {
          return await next(args);
        } catch (error) {
          noteFailedAction(error, apiOf(context.commandName));
          throw error;
        }
      },
      { name: 'failedAction', step: 'initialize' },
    );
    if (!calls) return;
    client.middlewareStack.add(
      (next, context) => async (args) => {
        const called = { accountId, region, api: apiOf(context.commandName) };
        await calls.turn(called);
        try {
          return await next(args);
        } catch (error) {
          if (isThrottling(error)) await calls.throttled(called);
          throw error;
        }
      },
      { name: 'callBudget', step: 'finalizeRequest', priority: 'low' }, // inside of the retries: each attempt is a call
    );
  }

  #credentialsFor({ region, roleArn }: Placement) {
    return roleArn ? this.#roleCredentials(region, roleArn) : this.#options.credentials;
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
    const sts = new STSClient({ region, endpoint, credentials, retryStrategy: callRetries(this.#options.patience) });
    observeCalls(sts, 'STS');
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
    } catch (error) {
      noteFailedAction(error, 'AssumeRole');
      throw error;
    } finally {
      sts.destroy();
    }
  }
}

function keyOf({ accountId, region, roleArn }: Placement): string {
  return `${accountId}/${region}/${roleArn ?? ''}`;
}
