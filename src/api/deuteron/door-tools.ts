import type { ApprovalTools, DeploymentTools, PlanRequestTools } from '../../deployments/index.ts';
import type { EnvironmentTools } from '../../environments/index.ts';
import type { Refusal, Result } from '../../errors/index.ts';
import type { EventSignals, WebhookTools } from '../../events/index.ts';
import type { PreviewTools } from '../../fleet/index.ts';
import type { GuardRailTools } from '../../guard-rails/index.ts';
import type { Installation } from '../../identifiers/index.ts';
import type { TokenScope } from '../../identity/index.ts';
import type { Log } from '../../log/index.ts';
import type { ObjectStorageTools } from '../../object-storage/index.ts';
import type { OrganizationTools, Principal } from '../../organization/index.ts';
import type { ServiceTools } from '../../services/index.ts';
import type { RegistrationTools, TemplateTools } from '../../templates/index.ts';
import type { AuthorisationTools, AuthorisedRequest } from '../authorisation/index.ts';
import type { RequestHead } from '../signature-v4/index.ts';
import type { EventStreamLimits } from './event-stream.ts';

/** What planning without deploying needs. */
export interface PlanRouteTools {
  readonly planning: PlanRequestTools;
  readonly environments: EnvironmentTools;
  readonly services: ServiceTools;
}

/** What the routes of template versions need. */
export interface RegistryTools extends TemplateTools, Pick<RegistrationTools, 'storedSpecs'> {
  /** Where uploaded bundles are kept. */
  readonly storage: ObjectStorageTools;
}

/** What the routes are given. */
export interface DeuteronDoorTools extends WebhookTools {
  /** Whose ARNs the names of resources stand for. */
  readonly installation: Installation;
  readonly signals: EventSignals;
  readonly deployments: DeploymentTools;
  readonly approvals: ApprovalTools;
  readonly plans: PlanRouteTools;
  readonly registry: RegistryTools;
  /** Guard rails that can be set. */
  readonly rails: GuardRailTools['rails'];
  readonly preview: PreviewTools;
  readonly streamLimits?: EventStreamLimits;
  /** Whose request is this, whose body is given whole? */
  readonly authenticate: (head: RequestHead, body: Uint8Array) => Promise<Result<Caller, Refusal>>;
  /** What deciding about a request takes. */
  readonly authorisation: AuthorisationTools;
  /** Whose access keys and tokens are issued. */
  readonly organization: OrganizationTools;
  readonly log: Log;
  readonly version: string;
}

/** Who asks, and what he showed to prove it. */
export interface Caller {
  readonly principal: Principal;
  readonly credential: Credential;
}

export interface Credential {
  readonly kind: 'access-key' | 'token' | 'session';
  /** `read`: only what changes nothing. */
  readonly scope: TokenScope;
  /** Of a token. */
  readonly tokenId?: string;
  /** Whether it may bring forth other keys and tokens. */
  readonly mayIssue: boolean;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; of a request to the native API, before its handler begins. */
    caller?: Principal;
    credential?: Credential;
    /** What it may; before its handler begins. */
    authorised?: AuthorisedRequest;
    rawBody?: Uint8Array;
  }
}
