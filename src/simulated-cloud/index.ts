/**
 * Simulated cloud: a CloudFormation and an STS on this machine, so that everything can be tried without an AWS account.
 *
 * Lives here: the wire protocols, stacks and their operations in the cloud's own time, what resources look like, faults.
 * Never here: anything of Deuteron; the product reaches it by its address only, as it reaches the real service.
 * Start at stack.ts (states), stack-engine.ts (operations), actions.ts (what can be asked). docs/simulated-cloud.md.
 */
export {
  type SimulatedCloud,
  type SimulatedCloudOptions,
  simulatedCloudRefusalCodes,
  startSimulatedCloud,
} from './start-simulated-cloud.ts';
