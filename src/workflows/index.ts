/**
 * Workflows: fixed lists of steps that survive the death of any process.
 *
 * Lives here: the definition of steps and workflows, the engine, liveness and takeover. Only this room knows DBOS.
 * Never here: what a step does. Start at workflow.ts; why DBOS: decisions/0004.
 */
export { type Settlement, type Step, type StepContext, step, type Workflow, workflow } from './workflow.ts';
export { createWorkflowEngine, type WorkflowEngine, type WorkflowEngineOptions } from './workflow-engine.ts';
