import { cloudFormationVersion, stsVersion } from '../wire/query-protocol.ts';
import type { Actions } from './action.ts';
import { createChangeSet } from './create-change-set.ts';
import { createStack } from './create-stack.ts';
import { deleteStack } from './delete-stack.ts';
import {
  describeStackEvents,
  describeStackResource,
  describeStackResources,
  listStackResources,
} from './describe-stack-resources.ts';
import { describeStacks, listExports, listImports, listStacks } from './describe-stacks.ts';
import {
  describeStackDriftDetectionStatus,
  describeStackResourceDrifts,
  detectStackDrift,
  detectStackResourceDrift,
} from './detect-drift.ts';
import { deleteChangeSet, describeChangeSet, executeChangeSet, listChangeSets } from './execute-change-set.ts';
import { getTemplate, getTemplateSummary, validateTemplate } from './get-template.ts';
import { cancelUpdateStack, continueUpdateRollback, rollbackStack } from './roll-back-stack.ts';
import {
  describeAccountLimits,
  getStackPolicy,
  setStackPolicy,
  updateTerminationProtection,
} from './stack-settings.ts';
import { assumeRole, getCallerIdentity } from './sts.ts';
import { updateStack } from './update-stack.ts';

/** Everything that is answered, by the version of the API and the action. */
export const actionsOf: Readonly<Record<string, Actions>> = {
  [cloudFormationVersion]: {
    CancelUpdateStack: cancelUpdateStack,
    ContinueUpdateRollback: continueUpdateRollback,
    CreateChangeSet: createChangeSet,
    CreateStack: createStack,
    DeleteChangeSet: deleteChangeSet,
    DeleteStack: deleteStack,
    DescribeAccountLimits: describeAccountLimits,
    DescribeChangeSet: describeChangeSet,
    DescribeStackDriftDetectionStatus: describeStackDriftDetectionStatus,
    DescribeStackEvents: describeStackEvents,
    DescribeStackResource: describeStackResource,
    DescribeStackResourceDrifts: describeStackResourceDrifts,
    DescribeStackResources: describeStackResources,
    DescribeStacks: describeStacks,
    DetectStackDrift: detectStackDrift,
    DetectStackResourceDrift: detectStackResourceDrift,
    ExecuteChangeSet: executeChangeSet,
    GetStackPolicy: getStackPolicy,
    GetTemplate: getTemplate,
    GetTemplateSummary: getTemplateSummary,
    ListChangeSets: listChangeSets,
    ListExports: listExports,
    ListImports: listImports,
    ListStackResources: listStackResources,
    ListStacks: listStacks,
    RollbackStack: rollbackStack,
    SetStackPolicy: setStackPolicy,
    UpdateStack: updateStack,
    UpdateTerminationProtection: updateTerminationProtection,
    ValidateTemplate: validateTemplate,
  },
  [stsVersion]: {
    AssumeRole: assumeRole,
    GetCallerIdentity: getCallerIdentity,
  },
};
