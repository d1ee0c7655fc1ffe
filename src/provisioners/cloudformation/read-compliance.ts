import {
  type ConfigServiceClient,
  type EvaluationResult,
  paginateGetComplianceDetailsByResource,
} from '@aws-sdk/client-config-service';
import { accept, type Refusal, type Result, refuse } from '../../errors/index.ts';
import type { Placement, ProvisionedResource, ResourceCompliance } from '../provisioner.ts';
import { isInvalidCall, providerRefusal } from './provider-refusal.ts';

/**
 * What AWS Config says of resources, each asked for by itself: what it does not record has no evaluations.
 * @refuses what the service refuses
 */
export async function readCompliance(
  client: ConfigServiceClient,
  placement: Placement,
  resources: readonly ProvisionedResource[],
): Promise<Result<readonly ResourceCompliance[]>> {
  const read: ResourceCompliance[] = [];
  for (const resource of resources) {
    const evaluations = await evaluationsOf(client, placement, resource);
    if (!evaluations.ok) return evaluations;
    read.push(complianceOf(resource, evaluations.value));
  }
  return accept(read);
}

async function evaluationsOf(
  client: ConfigServiceClient,
  placement: Placement,
  { type, physicalId }: ProvisionedResource,
): Promise<Result<readonly EvaluationResult[]>> {
  const found: EvaluationResult[] = [];
  try {
    const input = { ResourceType: type, ResourceId: physicalId };
    for await (const page of paginateGetComplianceDetailsByResource({ client }, input))
      found.push(...(page.EvaluationResults ?? []));
    return accept(found);
  } catch (error) {
    // a type or an identifier that the service does not take: no rule looks at such
    if (isInvalidCall(error) || (error as Error).name === 'InvalidParameterValueException') return accept([]);
    return { ok: false, refusal: providerRefusal(error, 'GetComplianceDetailsByResource', placement) };
  }
}

function complianceOf(
  { logicalId, physicalId, type }: ProvisionedResource,
  evaluations: readonly EvaluationResult[],
): ResourceCompliance {
  const rules = evaluations.map(({ ComplianceType: result, Annotation: annotation, ...rest }) => ({
    name: rest.EvaluationResultIdentifier?.EvaluationResultQualifier?.ConfigRuleName ?? '',
    result: result ?? 'INSUFFICIENT_DATA',
    ...(annotation !== undefined && { annotation }),
    ...(rest.ResultRecordedTime && { at: rest.ResultRecordedTime }),
  }));
  const has = (word: string) => rules.some(({ result }) => result === word);
  const compliance = has('NON_COMPLIANT') ? 'non-compliant' : has('COMPLIANT') ? 'compliant' : 'not-evaluated';
  return { logicalId, physicalId, type, compliance, rules };
}

export function complianceNotAvailable(): Result<never, Refusal<'compliance-not-available'>> {
  return refuse({
    kind: 'unavailable',
    code: 'compliance-not-available',
    message: 'There is no AWS Config where these resources are: they were not made in AWS itself.',
    remedy: 'Ask where stacks are made in AWS. The simulated cloud has no compliance rules.',
  });
}
