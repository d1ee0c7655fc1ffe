import { provisionerContract } from '../../src/provisioners/cloudformation/testing/provisioner-contract.ts';
import { startMoto } from './moto-server.ts';

/** What moto cannot do; which side is right is told in explained-differences.ts. */
const exceptions = {
  'F35: an update with nothing to do is no failure':
    'moto compares templates only where a stack is given parameters, and updates it otherwise',
  'what changes in a nested stack is previewed, without a trace, and what does not is no change':
    'moto knows no change sets of nested stacks, and takes their templates from its own S3 alone',
  'F23: an update that fails is taken back with its cause, and the next one goes through':
    'no operation of moto fails: an export that does not exist is an internal error',
  'F36: a first creation that failed makes room for the next': 'the same',
  'what CloudFormation does not accept is refused in its own words, and leaves nothing':
    'moto refuses it, and keeps the stack in CREATE_IN_PROGRESS',
  'resources tell their own events, between those of the stack': 'moto has events of stacks only',
  'an export in use: the deletion ends, and names who imports': 'moto deletes it all the same',
  'a process that knows nothing of the operation sees how it ended':
    'moto keeps no tokens: nothing tells whose the end is, so it waits out how long the service may lag behind',
};

provisionerContract(
  'moto',
  async () => {
    const { url, close } = await startMoto();
    return {
      endpoint: url,
      credentials: { accessKeyId: 'peers', secretAccessKey: 'peers' },
      placement: { accountId: '123456789012', region: 'us-east-1' },
      patience: { attemptsMax: 2, pauseMs: 10, pauseMsMax: 10 }, // its internal errors stay
      close,
    };
  },
  exceptions,
);
