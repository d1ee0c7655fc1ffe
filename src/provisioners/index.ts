/**
 * Provisioners: the ways in which a plan becomes real: one contract, no rules.
 *
 * Lives here: the contract (provisioner.ts) and a folder for each way.
 * Never here: rendering, decisions, SQL of other rooms.
 * AWS Config is read by AWS's own client, as CloudFormation is: sessions, retries and paging are the same.
 */
export type { CallRates } from './cloudformation/call-budget.ts';
export {
  type CloudFormationProvisioner,
  type CloudFormationProvisionerOptions,
  createCloudFormationProvisioner,
} from './cloudformation/cloudformation-provisioner.ts';
export { PacedCalls } from './cloudformation/paced-calls.ts';
export {
  type ApplyRequest,
  type DeleteRequest,
  isSamePlace,
  type LocatedResource,
  type Observation,
  type Placement,
  type Preview,
  type ProvisionedResource,
  type Provisioner,
  type ProvisionerEvent,
  type ResourceCompliance,
  type ResourcePreview,
  type Start,
  type Subject,
} from './provisioner.ts';
