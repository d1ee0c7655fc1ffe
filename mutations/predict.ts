import { classifyVersion, judgeInstance, judgePlan, readTerraformPlan } from '../src/changes/index.ts';
import type { MutationCase, PlanCase } from './case-folder.ts';
import { caseUpgrade } from './case-upgrade.ts';
import { caseVersion } from './case-versions.ts';
import { nestedOutcomes } from './nested-context.ts';
import type { Prediction } from './score.ts';

/** What the change analysis says of a case. A case that cannot be read throws: it is wrong itself. */
export function predict(mutation: MutationCase): Prediction {
  const { before, after, instance, read } = mutation;
  const offered = instance.context.environmentOutputs;
  const versions = [before, after].map((version) => caseVersion(version, read(version.template), offered, read));
  const [was, is] = versions;
  if (!was?.ok || !is?.ok) {
    const refused = versions.find((version) => !version.ok);
    throw new Error(`${mutation.id}: ${refused?.ok === false ? refused.refusal.message : ''}`);
  }
  const upgrade = caseUpgrade(mutation);
  const { versionClass, requiredBump } = classifyVersion(was.value, is.value, upgrade, [instance.inputs]);
  const context = { ...instance.context, nested: nestedOutcomes(instance.context.nested) };
  const { verdict, resources, flags } = judgeInstance(was.value, is.value, instance.inputs, upgrade, context);
  const impacts = new Map(resources.map(({ logicalId, impact }) => [logicalId, impact]));
  return { versionClass, requiredBump, verdict, resources: impacts, flags };
}

/** What the change analysis says of a plan. */
export function predictPlan({ id, plan: file, instance, read }: PlanCase): Prediction {
  const plan = readTerraformPlan(read(file));
  if (!plan.ok) throw new Error(`${id}: ${plan.refusal.message}`);
  const { versionClass, requiredBump, verdict, resources, flags } = judgePlan(plan.value, instance.context);
  const impacts = new Map(resources.map(({ logicalId, impact }) => [logicalId, impact]));
  return { versionClass, requiredBump, verdict, resources: impacts, flags };
}
