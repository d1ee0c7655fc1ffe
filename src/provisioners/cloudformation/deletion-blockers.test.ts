import { expect, test } from 'vitest';
import { deletionRemedy } from './deletion-blockers.ts';

const cases = [
  {
    name: 'a bucket with objects',
    causes: [{ logicalId: 'Bin', type: 'AWS::S3::Bucket', reason: 'The bucket you tried to delete is not empty' }],
    expected: 'Empty Bin (all versions, where it keeps versions), when nobody needs what lies there.',
  },
  {
    name: 'a protected database',
    causes: [
      {
        logicalId: 'Db',
        type: 'AWS::RDS::DBInstance',
        reason: 'Cannot delete protected DB Instance, please disable deletion protection and try again.',
      },
    ],
    expected: 'Switch off the deletion protection of Db.',
  },
  {
    name: 'a network that others use',
    causes: [
      {
        logicalId: 'Vpc',
        type: 'AWS::EC2::VPC',
        reason: "The vpc 'vpc-1' has dependencies and cannot be deleted. (Service: Ec2, Status Code: 400)",
      },
    ],
    expected: 'Remove what was added to Vpc from outside and still uses it.',
  },
  {
    name: 'several at once, each with its own remedy',
    causes: [
      { logicalId: 'Bin', type: 'AWS::S3::Bucket', reason: 'BucketNotEmpty' },
      { logicalId: 'Logs', type: 'AWS::S3::Bucket', reason: 'The bucket is not empty' },
      { logicalId: 'Odd', type: 'Custom::Odd', reason: 'the function did not answer' },
    ],
    expected:
      'Empty Bin, Logs (all versions, where it keeps versions), when nobody needs what lies there; remove what keeps Odd.',
  },
  { name: 'nothing that is named', causes: [], expected: 'Remove what keeps the named resources.' },
] as const;

test.each(cases)('F20: $name', ({ causes, expected }) => {
  expect(deletionRemedy(causes)).toBe(`${expected} Then delete again: it goes on from there.`);
});
