import {
  authoredPlace,
  type ChildTemplates,
  nestedStackType,
  pathStep,
  placeInStack,
  renderedFile,
  type StackState,
  stateOfStack,
} from '../changes/index.ts';
import { normaliseProperties, positionIn } from '../cloudformation/index.ts';
import type { Result, SourcePosition } from '../errors/index.ts';
import { showScope } from '../governance/index.ts';
import { type CheckedStack, type Problem, unseenStack } from './guard-rail.ts';
import type { RailInForce, RailsInForce } from './rails-in-force.ts';
import { type RailFinding, type RailReport, withoutRepeats } from './report.ts';

/** What was rendered, and where it goes. */
export interface RenderedTemplate {
  readonly template: string;
  /** Templates of its nested stacks, by path below the folder of the part. Absent: they were not kept. */
  readonly children?: ChildTemplates;
  /** Where these lie in the bundle. */
  readonly folder?: string;
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
    const checked = (stack: StackState) => checkedStack(stack, { ...rendered, accountId, region }, now);
    return looking.flatMap((each) =>
      problemsOf(each, state, checked).map((problem) =>
        findingOf(each, problem, { ...placeOfProblem(state, rendered, problem), hide: rendered.hide }),
      ),
    );
  });
  return reportOf(inForce, looking, findings);
}

/** What was rendered, evaluated for one account and region. */
export function evaluateRendered(
  { template, children, folder, stackName }: RenderedTemplate,
  { accountId, region }: RenderedTemplate['placements'][number],
): Result<StackState> {
  const stack = { template, secrets: [], folder, ...(children && { children }) };
  return stateOfStack(stack, renderedFile, { accountId, region, stackName });
}

/** A stack and all that are nested in it, each with its logical path; of the outermost that is empty. */
export function* stacksIn(
  state: StackState,
  path = '',
): Generator<{ readonly path: string; readonly state: StackState }> {
  yield { path, state };
  for (const [logicalId, child] of state.nested ?? []) yield* stacksIn(child, pathTo(path, logicalId));
}

export function pathTo(stack: string | undefined, logicalId: string): string {
  return stack ? `${stack}/${logicalId}` : logicalId;
}

function problemsOf(
  each: RailInForce,
  state: Result<StackState>,
  checked: (stack: StackState) => CheckedStack,
): readonly Problem[] {
  const { id, rail, setting } = each;
  if (rail === undefined) return [unknownRail(id)];
  if (rail.looksAt !== 'template') return [];
  if (!state.ok) {
    const { message, remedy } = state.refusal;
    return [{ message: `It could not be looked at: ${message}`, isUnknown: true, remedy }];
  }
  const found: Problem[] = [];
  for (const { path, state: stack } of stacksIn(state.value)) {
    const problems = rail.check(checked(stack), setting.parameters);
    if (path === '') found.push(...problems);
    // what is said of the deployment as a whole, e.g. of its region, is said once
    else found.push(...problems.filter((one) => !saidAlready(found, one)).map((one) => ({ ...one, stack: path })));
  }
  return rail.looksForUnseen ? found : [...found, ...unseenProblems(each, state)];
}

function saidAlready(found: readonly Problem[], { logicalId, property, message }: Problem): boolean {
  return (
    logicalId === undefined &&
    found.some((one) => one.logicalId === undefined && one.property === property && one.message === message)
  );
}

/** To whom is strict, what nobody looked into is a problem of every rail; to the others the rails say it that look for it. */
export function unseenProblems({ setting }: RailInForce, state: Result<StackState>): readonly Problem[] {
  if (!setting.strict || !state.ok) return [];
  return [...stacksIn(state.value)].flatMap(({ path, state: { unseen } }) =>
    [...(unseen ?? [])].map(([logicalId, why]): Problem => {
      return { stack: path, logicalId, type: nestedStackType, message: unseenStack(why), isUnknown: true };
    }),
  );
}

function unknownRail(id: string): Problem {
  return {
    message: `guard-rail-tool-missing: ${id} is set, and not known to this server, so nothing was looked at.`,
    remedy:
      'Whoever runs this installation names it with --guard-rail-programs at every server, or an administrator turns it off.',
  };
}

function checkedStack(
  { evaluated, unseen = new Map() }: StackState,
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
    unseen,
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
  { stack, logicalId, property = '', line: known }: Problem,
): Place {
  if (!state.ok) return (known !== undefined && sourceAt(known)) || { inputs: [] };
  const around = [...stacksIn(state.value)].find(({ path }) => path === (stack ?? ''))?.state ?? state.value;
  const { template } = around.evaluated;
  if (known !== undefined) {
    const position = { file: template.file, line: known, column: 1 };
    return authoredPlace({ position, parameterLines: [] }, sourceAt);
  }
  if (logicalId === undefined && property !== '') {
    const position = positionIn(template, property.split('/').map(pathStep));
    return authoredPlace({ position, parameterLines: [] }, sourceAt);
  }
  const path = logicalId === undefined ? stack : pathTo(stack, logicalId);
  const place = path ? placeInStack(state.value, path, property) : undefined;
  return place ? authoredPlace(place, sourceAt) : { inputs: [] };
}

/** @param hide makes a text fit to be read */
export function findingOf(
  { id, rail, setting }: RailInForce,
  { stack, logicalId: own, type, property, message, isUnknown, remedy }: Problem,
  { position, inputs, hide }: Place & { readonly hide: (text: string) => string },
): RailFinding {
  const effect = isUnknown && !setting.strict ? 'warn' : setting.effect;
  const logicalId = own === undefined ? stack : pathTo(stack, own);
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
