/**
 * Workflows: fixed lists of steps that survive the death of any process.
 *
 * Lives here: the definition of steps and workflows, the engine, liveness and takeover. Only this room knows DBOS.
 * Never here: what a step does. Start at workflow.ts; why DBOS: decisions/0004.
 */
export { deathOf } from './node-death.ts';
export { nodesOf, type WorkflowNode } from './node-store.ts';
export { type Work, workUnderWay } from './work-under-way.ts';
export { kindOf, type Settlement, type Step, type StepContext, step, type Workflow, workflow } from './workflow.ts';
export { createWorkflowEngine, type WorkflowEngine, type WorkflowEngineOptions } from './workflow-engine.ts';
