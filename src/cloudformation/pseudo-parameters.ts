/** What the service knows about a stack without being told. A member that is absent is unknown until it exists. */
export interface PseudoParameters {
  readonly accountId?: string;
  readonly region?: string;
  readonly partition?: string;
  readonly urlSuffix?: string;
  readonly stackName?: string;
  readonly stackId?: string;
  readonly notificationArns?: readonly string[];
}

/** Names as `Ref` and `Fn::Sub` use them. AWS::NoValue is not a value and not among them. */
const members = {
  'AWS::AccountId': 'accountId',
  'AWS::Region': 'region',
  'AWS::Partition': 'partition',
  'AWS::URLSuffix': 'urlSuffix',
  'AWS::StackName': 'stackName',
  'AWS::StackId': 'stackId',
  'AWS::NotificationARNs': 'notificationArns',
} as const satisfies Record<string, keyof PseudoParameters>;

export const noValueName = 'AWS::NoValue';

export function isPseudoParameter(name: string): boolean {
  return name === noValueName || Object.hasOwn(members, name);
}

/** Its value; undefined if it is unknown. Partition and URL suffix follow from the region if they are not given. */
export function pseudoParameter(pseudo: PseudoParameters, name: string): string | readonly string[] | undefined {
  if (!Object.hasOwn(members, name)) return undefined;
  const member = members[name as keyof typeof members];
  if (pseudo[member] !== undefined) return pseudo[member];
  const { region } = pseudo;
  if (region === undefined) return undefined;
  if (member === 'partition') return partitionOf(region);
  if (member === 'urlSuffix') return partitionOf(region) === 'aws-cn' ? 'amazonaws.com.cn' : 'amazonaws.com';
  return undefined;
}

function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  if (region.startsWith('us-gov-')) return 'aws-us-gov';
  return 'aws';
}
