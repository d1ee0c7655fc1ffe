import type { Db } from '../database/index.ts';
import { type ResourceFacts as GovernedFacts, readScope } from '../governance/index.ts';
import { parseProtonArn, protonArn } from '../identifiers/index.ts';
import { type ResourceKind, resourceFacts } from '../organization/index.ts';
import { builtInRails } from './built-in-rails.ts';
import { exceptionsInForce } from './exceptions/exception-store.ts';
import type { Inspection, Rail } from './guard-rail.ts';
import { inspectTemplate, type RenderedTemplate } from './inspect-template.ts';
import { readParameters } from './parameter-rule.ts';
import type { RailSetting } from './rail-setting.ts';
import { type StoredSetting, settingsNow } from './rail-setting-store.ts';
import { type RailsInForce, railsInForce } from './rails-in-force.ts';
import { joinReports, type RailReport } from './report.ts';

/** What is deployed, and where: what decides which settings it is held to. */
export interface ThingToInspect {
  readonly arn: string;
  readonly kind: ResourceKind;
  /** Absent: nobody knows it any more. */
  readonly templateName?: string;
  readonly accountIds: readonly string[];
  /** Absent: a change. */
  readonly inspection?: Inspection;
}

/** Looks at what other programs look at. */
export type InspectExternally = (inForce: RailsInForce, rendered: RenderedTemplate) => Promise<RailReport>;

export interface InspectorOptions {
  /** Those that this process knows. Absent: the built-in ones. */
  readonly rails?: readonly Rail[];
  readonly external?: InspectExternally;
}

/** Holds what is about to be deployed against the guard rails of its place. */
export interface Inspector {
  /** Read in the transaction in which the thing is as it shall be. */
  railsFor(db: Db, thing: ThingToInspect, now: Date): Promise<RailsInForce>;
  inspect(inForce: RailsInForce, rendered: RenderedTemplate, now: Date): Promise<RailReport>;
}

export function createInspector({ rails = builtInRails, external }: InspectorOptions = {}): Inspector {
  return {
    async railsFor(db, thing, now) {
      const set = (await settingsNow(db)).flatMap((stored) => settingOf(rails, stored) ?? []);
      const exceptions = await exceptionsInForce(db, thing.arn, now);
      return railsInForce(rails, set, await factsOf(db, thing), exceptions, thing.inspection);
    },
    async inspect(inForce, rendered, now) {
      const report = inspectTemplate(inForce, rendered, now);
      const hasExternal = inForce.rails.some(({ rail }) => rail?.looksAt === 'external');
      return external && hasExternal ? joinReports(report, await external(inForce, rendered)) : report;
    },
  };
}

/** undefined: its scope is none; nothing writes such. */
export function settingOf(rails: readonly Rail[], stored: StoredSetting): RailSetting | undefined {
  const scope = readScope(stored.scope);
  if (!scope) return undefined;
  const { rail, effect, strict, version } = stored;
  const rules = rails.find(({ id }) => id === rail)?.parameters;
  const read = rules && readParameters(rail, rules, stored.parameters);
  return { scope, rail, effect, strict, version, parameters: read?.ok ? read.value : {} };
}

async function factsOf(db: Db, { arn, kind, templateName, accountIds }: ThingToInspect): Promise<GovernedFacts> {
  const templateKind = kind === 'environment' ? 'environment-template' : 'service-template';
  const parsed = parseProtonArn(arn);
  const facts = await resourceFacts(db, arn, kind);
  if (!parsed || templateName === undefined) return { ...facts, accountIds };
  return { ...facts, accountIds, templateArn: protonArn(parsed, `${templateKind}/${templateName}`) };
}
