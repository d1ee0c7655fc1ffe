/**
 * Simulated cloud: a CloudFormation and an STS on this machine, so that everything can be tried without an AWS account.
 *
 * Lives here: the wire protocols (`doors/`), what can be asked (`actions/`), how a call is written (`wire/`), operations in
 * the cloud's own time (`engine/`), what is kept, and faults (`state/`), what resources are called (`physical-ids/`); each
 * knows those behind it only.
 * Never here: anything of Deuteron; the product reaches it by its address only, as it reaches the real service.
 * Start at state/stack.ts (states), engine/stack-engine.ts (operations), actions/actions.ts. docs/simulated-cloud.md.
 */
export {
  type SimulatedCloud,
  type SimulatedCloudOptions,
  simulatedCloudRefusalCodes,
  startSimulatedCloud,
} from './start-simulated-cloud.ts';
