import { type StackState, stackState } from '../changes/index.ts';
import { normaliseProperties, positionIn } from '../cloudformation/index.ts';
import { accept, type Result, type SourcePosition } from '../errors/index.ts';
import { showScope } from '../governance/index.ts';
import type { CheckedStack, Problem } from './guard-rail.ts';
import type { RailInForce, RailsInForce } from './rails-in-force.ts';
import { type RailFinding, type RailReport, withoutRepeats } from './report.ts';

/** What was rendered, and where it goes. */
export interface RenderedTemplate {
  readonly template: string;
  readonly stackName: string;
  readonly placements: readonly { readonly accountId: string; readonly region: string }[];
  readonly tagKeys: readonly string[];
  /** Where a line of the template comes from, and the inputs that were read for it. */
  readonly sourceAt: (
    line: number,
  ) => { readonly position: SourcePosition; readonly inputs: readonly string[] } | undefined;
  /** A text without secret values. */
  readonly hide: (text: string) => string;
}

/** Holds a template against the rails that look at templates. Pure: no cloud, no other program. */
export function inspectTemplate(inForce: RailsInForce, rendered: RenderedTemplate, now: Date): RailReport {
  const looking = inForce.rails.filter((each) => each.rail === undefined || each.rail.looksAt === 'template');
  const findings = rendered.placements.flatMap(({ accountId, region }) => {
    const state = evaluateRendered(rendered, { accountId, region });
    const stack = state.ok ? accept(checkedStack(state.value, { ...rendered, accountId, region }, now)) : state;
    return looking.flatMap((each) =>
      problemsOf(each, stack).map((problem) =>
        findingOf(each, problem, { ...placeOfProblem(state, rendered, problem), hide: rendered.hide }),
      ),
    );
  });
  return reportOf(inForce, looking, findings);
}

/** What was rendered, evaluated for one account and region. */
export function evaluateRendered(
  { template: text, stackName }: RenderedTemplate,
  { accountId, region }: RenderedTemplate['placements'][number],
): Result<StackState> {
  const pseudo = { accountId, region, stackName };
  return stackState({ text, file: 'the rendered template', secrets: [], pseudo });
}

function problemsOf({ id, rail, setting }: RailInForce, stack: Result<CheckedStack>): readonly Problem[] {
  if (rail === undefined) return [unknownRail(id)];
  if (rail.looksAt !== 'template') return [];
  if (stack.ok) return rail.check(stack.value, setting.parameters);
  const { message, remedy } = stack.refusal;
  return [{ message: `It could not be looked at: ${message}`, isUnknown: true, remedy }];
}

function unknownRail(id: string): Problem {
  return {
    message: `guard-rail-tool-missing: ${id} is set, and not known to this server, so nothing was looked at.`,
    remedy:
      'Whoever runs this installation names it with --guard-rail-programs at every server, or an administrator turns it off.',
  };
}

function checkedStack(
  { evaluated }: StackState,
  { stackName, tagKeys, accountId, region }: RenderedTemplate & { readonly accountId: string; readonly region: string },
  now: Date,
): CheckedStack {
  const { template, resources } = evaluated;
  const known = ['AWS::Serverless-2016-10-31', 'AWS::LanguageExtensions'];
  return {
    resources: [...resources.values()].map(({ logicalId, type, properties, deletionPolicy, updateReplacePolicy }) => ({
      logicalId,
      type,
      properties: normaliseProperties(type, properties),
      deletionPolicy,
      updateReplacePolicy,
    })),
    parameters: [...template.parameters.values()],
    macros: template.transforms.filter((name) => !known.includes(name)),
    accountId,
    region,
    stackName,
    tagKeys,
    now,
  };
}

interface Place {
  readonly position?: SourcePosition;
  readonly inputs: readonly string[];
}

/** Where in the author's template a problem is, and the inputs that were read there. */
export function placeOfProblem(
  state: Result<StackState>,
  { sourceAt }: Pick<RenderedTemplate, 'sourceAt'>,
  { logicalId, property, line: known }: Problem,
): Place {
  if (known !== undefined) return sourceAt(known) ?? { inputs: [] };
  if (!state.ok || (logicalId === undefined && property === undefined)) return { inputs: [] };
  const { template } = state.value.evaluated;
  const steps =
    property === undefined || property === ''
      ? []
      : property.split('/').map((step) => (/^\d+$/.test(step) ? Number(step) : step));
  const path =
    logicalId === undefined ? steps : ['Resources', logicalId, ...(steps.length > 0 ? ['Properties', ...steps] : [])];
  const { line } = positionIn(template, path);
  return sourceAt(line) ?? { inputs: [] };
}

/** @param hide makes a text fit to be read */
export function findingOf(
  { id, rail, setting }: RailInForce,
  { logicalId, type, property, message, isUnknown, remedy }: Problem,
  { position, inputs, hide }: Place & { readonly hide: (text: string) => string },
): RailFinding {
  const effect = isUnknown && !setting.strict ? 'warn' : setting.effect;
  return {
    rail: id,
    effect,
    ...(isUnknown && { isUnknown }),
    ...(logicalId !== undefined && { logicalId }),
    ...(type !== undefined && { type }),
    ...(property !== undefined && property !== '' && { property }),
    message: hide(message),
    remedy: remedy ?? rail?.remedy ?? '',
    ...(position && { position }),
    inputs,
    scope: showScope(setting.scope),
  };
}

/** @param looking the rails that looked */
export function reportOf(
  { exceptions, digest }: RailsInForce,
  looking: readonly RailInForce[],
  found: readonly RailFinding[],
): RailReport {
  const lifting = new Map(exceptions.map((each) => [each.rail, each]));
  const findings = withoutRepeats(found).map((finding): RailFinding => {
    const exception = lifting.get(finding.rail);
    return exception ? { ...finding, exception: exception.id } : finding;
  });
  const finding = new Set(findings.map(({ rail }) => rail));
  const used = exceptions.filter(({ rail }) => finding.has(rail));
  return {
    findings,
    passed: [...new Set(looking.map(({ id }) => id))].filter((id) => !finding.has(id)),
    exceptions: used.map(({ id, rail, expiresAt }) => ({ id, rail, expiresAt: expiresAt.toISOString() })),
    digest,
  };
}
