import {
  type EvaluatedObject,
  type EvaluatedValue,
  isEvaluatedList,
  isEvaluatedObject,
} from '../../cloudformation/index.ts';
import type { AccessPair } from '../access-findings.ts';

/** Attributes that say who may do something or reach something, as the CloudFormation types that are compared for it. */
export function accessPairOf({ logicalId, type, before, after }: AccessPair): AccessPair {
  const translate = translations[type];
  if (!translate) return { logicalId, type, before, after };
  const side = (properties: EvaluatedObject | undefined) => properties && translate.properties(properties);
  return { logicalId, type: translate.typeOf(after ?? before ?? {}), before: side(before), after: side(after) };
}

interface Translation {
  readonly typeOf: (properties: EvaluatedObject) => string;
  readonly properties: (properties: EvaluatedObject) => EvaluatedObject;
}

function translation(
  type: string,
  properties: (properties: EvaluatedObject) => Readonly<Record<string, EvaluatedValue | undefined>>,
): Translation {
  return { typeOf: () => type, properties: (given) => written(properties(given)) };
}

function written(properties: Readonly<Record<string, EvaluatedValue | undefined>>): EvaluatedObject {
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
}

const securityGroup = translation('AWS::EC2::SecurityGroup', ({ ingress, egress }) => ({
  SecurityGroupIngress: rules(ingress, true),
  SecurityGroupEgress: rules(egress, false),
}));

const translations: Readonly<Record<string, Translation>> = {
  aws_default_security_group: securityGroup,
  aws_iam_group_policy_attachment: attachment(),
  aws_iam_policy_attachment: attachment(),
  aws_iam_role_policy_attachment: attachment(),
  aws_iam_user_policy_attachment: attachment(),
  aws_iam_policy: translation('AWS::IAM::ManagedPolicy', ({ policy }) => ({ PolicyDocument: policy })),
  aws_iam_role: translation('AWS::IAM::Role', (role) => ({
    AssumeRolePolicyDocument: role.assume_role_policy,
    Policies: role.inline_policy,
    ManagedPolicyArns: role.managed_policy_arns,
    PermissionsBoundary: role.permissions_boundary,
  })),
  aws_kms_key: translation('AWS::KMS::Key', ({ policy }) => ({ KeyPolicy: policy })),
  aws_lambda_permission: translation('AWS::Lambda::Permission', (permission) => ({
    Action: permission.action,
    Principal: permission.principal,
    FunctionName: permission.function_name,
    SourceArn: permission.source_arn,
    SourceAccount: permission.source_account,
    PrincipalOrgID: permission.principal_org_id,
    FunctionUrlAuthType: permission.function_url_auth_type,
  })),
  aws_security_group: securityGroup,
  aws_security_group_rule: {
    typeOf: ({ type }) => (type === 'egress' ? 'AWS::EC2::SecurityGroup' : 'AWS::EC2::SecurityGroupIngress'),
    properties: (rule) => {
      const isEgress = rule.type === 'egress';
      const list = rules([rule], !isEgress);
      return isEgress ? { SecurityGroupEgress: list, SecurityGroupIngress: [] } : (list[0] ?? {});
    },
  },
  aws_vpc_security_group_egress_rule: translation('AWS::EC2::SecurityGroupEgress', vpcRule),
  aws_vpc_security_group_ingress_rule: translation('AWS::EC2::SecurityGroupIngress', vpcRule),
};

function attachment(): Translation {
  return translation('AWS::IAM::Policy', ({ policy_arn: policy }) => ({
    ManagedPolicyArns: policy === undefined ? undefined : [policy],
  }));
}

function vpcRule(rule: EvaluatedObject): Readonly<Record<string, EvaluatedValue | undefined>> {
  return {
    IpProtocol: rule.ip_protocol,
    FromPort: rule.from_port,
    ToPort: rule.to_port,
    CidrIp: rule.cidr_ipv4,
    CidrIpv6: rule.cidr_ipv6,
    SourceSecurityGroupId: rule.referenced_security_group_id,
    SourcePrefixListId: rule.prefix_list_id,
  };
}

/** One rule for each block, group or list that it names. */
function rules(blocks: EvaluatedValue | undefined, ingress: boolean): EvaluatedObject[] {
  const given = isEvaluatedList(blocks) ? blocks : blocks === undefined ? [] : [blocks];
  return given.filter(isEvaluatedObject).flatMap((block) => {
    const common = written({ IpProtocol: block.protocol, FromPort: block.from_port, ToPort: block.to_port });
    const peers: [string, EvaluatedValue | undefined][] = [
      ['CidrIp', block.cidr_blocks],
      ['CidrIpv6', block.ipv6_cidr_blocks],
      [ingress ? 'SourcePrefixListId' : 'DestinationPrefixListId', block.prefix_list_ids],
      [
        ingress ? 'SourceSecurityGroupId' : 'DestinationSecurityGroupId',
        block.security_groups ?? block.source_security_group_id,
      ],
    ];
    const named = peers.flatMap(([name, value]) =>
      (isEvaluatedList(value) ? value : value === undefined ? [] : [value]).map((peer) => ({
        ...common,
        [name]: peer,
      })),
    );
    return block.self === true ? [...named, { ...common, SourceSecurityGroupName: 'self' }] : named;
  });
}
