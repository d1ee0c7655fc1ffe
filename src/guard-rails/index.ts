/**
 * Guard rails: checks of what is about to be deployed, on the rendered template and on the plan, and exceptions from them.
 *
 * Lives here: the built-in rails (rails/), what is set in which scope, what came of looking, exceptions (exceptions/).
 * Never here: who may do what (governance), rendering and planning (deployments asks with values), what a noun is.
 * Start at guard-rail.ts, then inspect-template.ts; why a deeper scope only adds: rails-in-force.ts.
 */
export { builtInRails } from './built-in-rails.ts';
export { blockedBy, describeBlocking, describeFinding, describeReport, effectOf } from './describe-report.ts';
export {
  applyGuardRails,
  type GuardRailDocument,
  type GuardRailPlan,
  planGuardRails,
} from './document/apply-document.ts';
export { readSettingsFile } from './document/settings-file.ts';
export { answerException, exceptionMissing } from './exceptions/answer-exception.ts';
export {
  type ExceptionAnswer,
  type ExceptionState,
  exceptionAnswers,
  exceptionStates,
  type RailException,
  stateAt,
} from './exceptions/exception.ts';
export { type ExceptionFilters, exceptionFind } from './exceptions/exception-store.ts';
export { expireExceptions } from './exceptions/expire-exceptions.ts';
export { listExceptions } from './exceptions/list-exceptions.ts';
export { exceptionDays, requestException } from './exceptions/request-exception.ts';
export { externalRails, type GuardRailPrograms } from './external/external-rails.ts';
export { createExternalInspection } from './external/inspect-externally.ts';
export { readGuardRailPrograms } from './external/read-programs.ts';
export { type Effect, effects, type Inspection, type Rail } from './guard-rail.ts';
export type { GuardRailTools } from './guard-rail-tools.ts';
export { inspectDeletion, inspectPlan, type PlannedChange } from './inspect-plan.ts';
export { inspectTemplate, type RenderedTemplate } from './inspect-template.ts';
export {
  createInspector,
  type InspectExternally,
  type Inspector,
  type InspectorOptions,
  type ThingToInspect,
} from './inspector.ts';
export { type ListedRail, listGuardRails } from './list-guard-rails.ts';
export type { ParameterRule, Parameters } from './parameter-rule.ts';
export type { RailSetting } from './rail-setting.ts';
export { type StoredSetting, settingHistory } from './rail-setting-store.ts';
export { type RailInForce, type RailsInForce, railsInForce } from './rails-in-force.ts';
export { holdsStill, railsRevision } from './rails-revision.ts';
export { blockingFindings, joinReports, type RailFinding, type RailReport } from './report.ts';
export { reportFind, reportUpsert } from './report-store.ts';
export { railMissing, type SetGuardRailRefusal, setGuardRail, type WantedSetting } from './set-guard-rail.ts';
