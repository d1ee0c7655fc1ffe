import type { StackTemplate } from './stack-template.ts';

export const capabilities = ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM', 'CAPABILITY_AUTO_EXPAND'] as const;
export type Capability = (typeof capabilities)[number];

export interface RequiredCapabilities {
  readonly capabilities: readonly Capability[];
  /** As ValidateTemplate answers it; absent where nothing is required. */
  readonly reason?: string;
}

/** IAM types with the property that gives them a name of the author's choice. Source: CloudFormation user guide. */
const iamNames: Readonly<Record<string, string | undefined>> = {
  'AWS::IAM::AccessKey': undefined,
  'AWS::IAM::Group': 'GroupName',
  'AWS::IAM::InstanceProfile': 'InstanceProfileName',
  'AWS::IAM::ManagedPolicy': 'ManagedPolicyName',
  'AWS::IAM::Policy': undefined,
  'AWS::IAM::Role': 'RoleName',
  'AWS::IAM::User': 'UserName',
  'AWS::IAM::UserToGroupAddition': undefined,
};

/**
 * What a caller must acknowledge before the service works on a template. Ask it of the expanded template, which still
 * knows its transforms: generated roles count.
 */
export function requiredCapabilities(template: StackTemplate): RequiredCapabilities {
  const { transforms } = template;
  const iam = [...template.resources.values()].filter(({ type }) => Object.hasOwn(iamNames, type));
  const named = iam.some(({ type, properties }) => {
    const name = iamNames[type];
    return name !== undefined && properties[name] !== undefined;
  });
  const required: Capability[] = [];
  if (iam.length > 0) required.push(named ? 'CAPABILITY_NAMED_IAM' : 'CAPABILITY_IAM');
  if (transforms.length > 0) required.push('CAPABILITY_AUTO_EXPAND');
  if (required.length === 0) return { capabilities: [] };
  const causes = [...new Set([...iam.map(({ type }) => type), ...transforms])];
  return {
    capabilities: required,
    reason: `The following resource(s) require capabilities: [${causes.join(', ')}]`,
  };
}

/** CAPABILITY_NAMED_IAM includes CAPABILITY_IAM. Returns what is still to be acknowledged. */
export function missingCapabilities(
  required: RequiredCapabilities,
  acknowledged: readonly string[],
): readonly Capability[] {
  return required.capabilities.filter(
    (capability) =>
      !acknowledged.includes(capability) &&
      !(capability === 'CAPABILITY_IAM' && acknowledged.includes('CAPABILITY_NAMED_IAM')),
  );
}
