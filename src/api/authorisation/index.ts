/**
 * Authorisation: what a request is about to do, in the verbs of governance, and whether it may.
 *
 * Lives here: acts (what a door's tables are made of), the facts that a decision takes, the answer. Never here: a rule of
 * who may do what (governance has them), which operation does what (each door has its table). Start at authorise-request.ts.
 */

export {
  type Act,
  acts,
  type Governed,
  type KindVerb,
  lists,
  onInstallation,
  onThing,
  type Reach,
  thingOfArn,
} from './act.ts';
export { authoriseOrganization } from './authorise-organization.ts';
export {
  type AskedRequest,
  type AuthorisationTools,
  type AuthorisedRequest,
  authoriseRequest,
  permitted,
  type Reads,
} from './authorise-request.ts';
export {
  type ActTools,
  accountThing,
  componentThing,
  environmentCreation,
  environmentThing,
  instanceCreation,
  instanceThing,
  pipelineThing,
  reachOf,
  serviceCreation,
  serviceThing,
  serviceUpdate,
  templateThing,
} from './thing-acts.ts';
