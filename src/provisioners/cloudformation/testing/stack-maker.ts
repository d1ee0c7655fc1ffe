import {
  type CloudFormationClient,
  CreateChangeSetCommand,
  CreateStackCommand,
  type CreateStackCommandInput,
  DeleteStackCommand,
  ExecuteChangeSetCommand,
  UpdateStackCommand,
} from '@aws-sdk/client-cloudformation';
import { statusReached, type TestCloud } from '../../../simulated-cloud/testing/index.ts';
import { ownStackTag } from '../own-stack.ts';
import type { stackStatuses } from '../stack-status.ts';

export type StackStatus = (typeof stackStatuses)[number];

/** A topic, which holds no data; its name is in the outputs. */
export const topicTemplate = (name: string, more = '') => `Resources:
  Topic: {Type: AWS::SNS::Topic, Properties: {DisplayName: ${name}}}
${more}Outputs:
  Name: {Value: ${name}}
`;
const second = '  Second: {Type: AWS::SNS::Topic}\n';
const failing = '  Failing: {Type: AWS::SNS::Topic, DependsOn: Topic}\n';
const itFails = { logicalId: 'Failing', operation: 'create', message: 'it fails', timesMax: 1 };

type Place = { readonly accountId: string; readonly region: string };

/** Brings stacks of ours into any status by the hands of somebody else: without a token that we know. */
export class StackMaker {
  readonly #cloud: TestCloud;
  readonly #place: Place;
  readonly #client: CloudFormationClient;

  constructor(cloud: TestCloud, place: Place) {
    this.#cloud = cloud;
    this.#place = place;
    this.#client = cloud.cloudFormation(place);
  }

  /** @returns whatever keeps it there is taken away: a hanging resource, a fault */
  async bring(stackName: string, status: StackStatus): Promise<() => Promise<void>> {
    const at = new StackAtWork(this.#cloud, this.#client, this.#place, stackName);
    await ways[status](at);
    const reached = status === 'IMPORT_ROLLBACK_FAILED' ? 'IMPORT_ROLLBACK_COMPLETE' : status;
    await statusReached(this.#client, at.id ?? stackName, reached);
    return () => at.release();
  }
}

class StackAtWork {
  id: string | undefined;
  readonly #cloud: TestCloud;
  readonly #client: CloudFormationClient;
  readonly #place: Place;
  readonly name: string;
  readonly #faults: string[] = [];

  constructor(cloud: TestCloud, client: CloudFormationClient, place: Place, name: string) {
    this.#cloud = cloud;
    this.#client = client;
    this.#place = place;
    this.name = name;
  }

  async create(template: string, more: Partial<CreateStackCommandInput> = {}): Promise<void> {
    const Tags = [{ Key: ownStackTag, Value: this.name }];
    const input = { StackName: this.name, TemplateBody: template, Tags, ...more };
    this.id = (await this.#client.send(new CreateStackCommand(input))).StackId;
  }

  async update(TemplateBody: string, more: object = {}): Promise<void> {
    await this.#client.send(new UpdateStackCommand({ StackName: this.name, TemplateBody, ...more }));
  }

  async remove(): Promise<void> {
    await this.#client.send(new DeleteStackCommand({ StackName: this.name }));
  }

  async settled(status: StackStatus): Promise<void> {
    await statusReached(this.#client, this.id ?? this.name, status);
  }

  /** Faults of one of its resources. */
  async fault(fault: object): Promise<void> {
    const made = await this.#cloud.control('POST', '/faults/resource', { stackName: this.name, ...fault });
    this.#faults.push((made as { id: string }).id);
  }

  async changeSet(ChangeSetType: 'CREATE' | 'IMPORT', TemplateBody: string, more: object = {}): Promise<void> {
    const input = { StackName: this.name, ChangeSetName: 'by-hand', ChangeSetType, TemplateBody, ...more };
    await this.#client.send(new CreateChangeSetCommand(input));
  }

  /** @param exists whether there is what shall be imported */
  async importBucket(exists: boolean): Promise<void> {
    await this.create(topicTemplate('one'));
    await this.settled('CREATE_COMPLETE');
    const name = `${this.name}-bucket`.toLowerCase();
    if (exists) await this.#cloud.control('POST', '/names', { ...this.#place, type: 'AWS::S3::Bucket', name });
    const bucket = `  Bucket: {Type: AWS::S3::Bucket, DeletionPolicy: Retain, Properties: {BucketName: ${name}}}\n`;
    const ResourcesToImport = [
      { ResourceType: 'AWS::S3::Bucket', LogicalResourceId: 'Bucket', ResourceIdentifier: { BucketName: name } },
    ];
    await this.changeSet('IMPORT', topicTemplate('one', bucket), { ResourcesToImport });
    await this.#client.send(new ExecuteChangeSetCommand({ StackName: this.name, ChangeSetName: 'by-hand' }));
  }

  async release(): Promise<void> {
    for (const id of this.#faults.splice(0)) await this.#cloud.control('DELETE', `/faults/${id}`);
  }
}

const hanging = { logicalId: 'Topic', hang: true };

async function made(at: StackAtWork, template = topicTemplate('one')): Promise<void> {
  await at.create(template);
  await at.settled('CREATE_COMPLETE');
}

/** The simulated cloud imports in no time. */
function neverSeen(): never {
  throw new Error('nobody sees a stack in this status');
}

const ways: Record<StackStatus, (at: StackAtWork) => Promise<void>> = {
  CREATE_COMPLETE: made,
  async CREATE_FAILED(at) {
    await at.fault(itFails);
    await at.create(topicTemplate('one', failing), { OnFailure: 'DO_NOTHING' });
  },
  async CREATE_IN_PROGRESS(at) {
    await at.fault({ ...hanging, operation: 'create' });
    await at.create(topicTemplate('one'));
  },
  async DELETE_COMPLETE(at) {
    await made(at);
    await at.remove();
  },
  async DELETE_FAILED(at) {
    await made(at);
    await at.fault({ logicalId: 'Topic', operation: 'delete', message: 'not now', timesMax: 1 });
    await at.remove();
  },
  async DELETE_IN_PROGRESS(at) {
    await made(at);
    await at.fault({ ...hanging, operation: 'delete' });
    await at.remove();
  },
  IMPORT_COMPLETE: (at) => at.importBucket(true),
  IMPORT_IN_PROGRESS: neverSeen,
  IMPORT_ROLLBACK_COMPLETE: (at) => at.importBucket(false),
  /** No import of the simulated cloud gets there; what it shows is altered. */
  IMPORT_ROLLBACK_FAILED: (at) => at.importBucket(false),
  IMPORT_ROLLBACK_IN_PROGRESS: neverSeen,
  async REVIEW_IN_PROGRESS(at) {
    await at.changeSet('CREATE', topicTemplate('one'), { Tags: [{ Key: ownStackTag, Value: at.name }] });
  },
  async ROLLBACK_COMPLETE(at) {
    await at.fault(itFails);
    await at.create(topicTemplate('one', failing));
  },
  async ROLLBACK_FAILED(at) {
    await at.fault({ logicalId: 'Topic', operation: 'delete', message: 'not now', timesMax: 1 });
    await at.fault(itFails);
    await at.create(topicTemplate('one', failing));
  },
  async ROLLBACK_IN_PROGRESS(at) {
    await at.fault({ ...hanging, operation: 'delete' });
    await at.fault(itFails);
    await at.create(topicTemplate('one', failing));
  },
  async UPDATE_COMPLETE(at) {
    await made(at);
    await at.update(topicTemplate('two'));
  },
  async UPDATE_COMPLETE_CLEANUP_IN_PROGRESS(at) {
    await made(at, topicTemplate('one', second));
    await at.fault({ logicalId: 'Second', operation: 'delete', hang: true });
    await at.update(topicTemplate('two'));
  },
  async UPDATE_FAILED(at) {
    await made(at);
    await at.fault(itFails);
    await at.update(topicTemplate('two', failing), { DisableRollback: true });
  },
  async UPDATE_IN_PROGRESS(at) {
    await made(at);
    await at.fault({ ...hanging, operation: 'update' });
    await at.update(topicTemplate('two'));
  },
  async UPDATE_ROLLBACK_COMPLETE(at) {
    await made(at);
    await at.fault(itFails);
    await at.update(topicTemplate('two', failing));
  },
  async UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS(at) {
    await made(at);
    await at.fault({ logicalId: 'Second', operation: 'delete', hang: true });
    await at.fault(itFails);
    await at.update(topicTemplate('two', second + failing));
  },
  async UPDATE_ROLLBACK_FAILED(at) {
    await made(at);
    await at.fault({ logicalId: 'Topic', operation: 'update', phase: 'rollback', message: 'not now', timesMax: 1 });
    await at.fault(itFails);
    await at.update(topicTemplate('two', failing));
  },
  async UPDATE_ROLLBACK_IN_PROGRESS(at) {
    await made(at);
    await at.fault({ ...hanging, operation: 'update', phase: 'rollback' });
    await at.fault(itFails);
    await at.update(topicTemplate('two', failing));
  },
};
