import {
  environmentData,
  type Inputs,
  inputSchema,
  instanceData,
  partDirectories,
  pipelineData,
  type RenderingData,
  type RenderJob,
  renderJob,
} from '../bundles/index.ts';
import type { PseudoParameters } from '../cloudformation/index.ts';
import { accept, describeRefusal, type Refusal, type Result } from '../errors/index.ts';
import { contentHash } from '../identifiers/index.ts';
import { parseTemplate, renderTemplate, type Template } from '../jinja/index.ts';
import { type RenderedStack, stateOfStack } from './analyse-stack-change.ts';
import { type ComparedPart, inputsOfPart } from './bundle-version.ts';
import { carryInputs, inputsOfInstance, secretsInUse, writtenInputs } from './carry-inputs.ts';
import { type ChildTemplates, childTemplatesBeside, mayNest } from './child-templates.ts';
import { compareStacks, type StackComparison, type StackState } from './compare-stacks.ts';
import { type ChosenName, chosenName } from './custom-names.ts';
import type { Blocker, DeployedJudgement, DeployedThing, VersionToReach } from './deployed-thing.ts';
import { findingJson } from './describe-changes.ts';
import type { ChangeFinding, RuleCode } from './finding.ts';
import { failureFinding, toldJudgement } from './judge-instance.ts';
import { RecentResults } from './recent-results.ts';
import { maskFindings } from './secret-mask.ts';
import { secretValuesIn } from './secret-values.ts';

/** Of one thing; a change of more is told by its gravest. */
const findingsMax = 100;
const statesKept = 40;
const comparisonsKept = 400;

/** Whose comparison was worked out lately. */
export interface KnownComparisons {
  readonly states: RecentResults<Result<StackState>>;
  readonly comparisons: RecentResults<Compared>;
}

interface Compared extends StackComparison {
  readonly claims: readonly ChosenName[];
}

export function knownComparisons(): KnownComparisons {
  return { states: new RecentResults(statesKept), comparisons: new RecentResults(comparisonsKept) };
}

/**
 * Judges what bringing things to one version would do: their stored inputs are carried over, the version is rendered with
 * the names and outputs that stand now, and compared with what was rendered for their last successful deployment. The
 * version is read once; two stacks that were compared before are not compared again.
 */
export class DeployedJudge {
  readonly #to: VersionToReach;
  readonly #known: KnownComparisons;
  readonly #templates = new Map<ComparedPart, Result<ReadTemplate>>();

  constructor(to: VersionToReach, known: KnownComparisons = knownComparisons()) {
    this.#to = to;
    this.#known = known;
  }

  judge(thing: DeployedThing): DeployedJudgement {
    const { names, template: deployed } = thing;
    const pseudo = pseudoRead(thing);
    const written = writtenInputs(thing);
    const secrets = [...secretsInUse(thing, this.#to.versions, written)];
    const folder = partDirectories[names.part];
    const was = { template: deployed, children: thing.children, folder, secrets: [...secrets] };
    const before = this.#state(was, 'what is deployed', pseudo);
    if (!before.ok) return { known: false, why: `What is deployed cannot be evaluated: ${before.refusal.message}` };
    const refused = this.#incompatible(thing);
    const carried = carryInputs(thing, this.#to, written);
    if (!carried.ok) return blocked([...refused, failure('I-INPUTS', carried.refusal)], secrets);
    const { inputs, steps } = carried.value;
    secrets.push(...secretValuesIn(this.#schema(names.part), inputs));
    const data = this.#data(thing, inputs, secrets);
    if (!data.ok) return blocked([...refused, failure('R-RENDER', data.refusal)], secrets, steps);
    const rendered = this.#render(names.part, data.value);
    if (!rendered.ok) return blocked([...refused, failure('R-RENDER', rendered.refusal)], secrets, steps);
    const { text: template, file, children } = rendered.value;
    const is = { template, children, folder, secrets };
    const after = this.#state(is, file, pseudo);
    if (!after.ok) return blocked([...refused, failure('R-RENDER', after.refusal)], secrets, steps);
    const { compared, wasKnown } = this.#compare(thing, before.value, after.value, [was, is, pseudo]);
    const findings = [...compared.findings, ...this.#homeless(thing)];
    return judged(refused, { ...compared, findings }, { secrets, steps, wasKnown });
  }

  #state(stack: RenderedStack, file: string, pseudo: PseudoParameters): Result<StackState> {
    const key = contentHash({ stack, pseudo });
    return this.#known.states.of(key, () => stateOfStack(stack, file, pseudo));
  }

  #compare(thing: DeployedThing, before: StackState, after: StackState, of: readonly unknown[]) {
    const context = contextOf(thing, before);
    const key = contentHash({ of, context });
    const wasKnown = this.#known.comparisons.has(key);
    const compared = this.#known.comparisons.of(key, () => ({
      ...compareStacks(before, after, context),
      claims: claimsOf(before, after),
    }));
    return { compared, wasKnown };
  }

  #incompatible({ environmentTemplate: is, names }: DeployedThing): readonly BlockingFinding[] {
    const { compatibleEnvironments: listed, number } = this.#to;
    if (names.part !== 'instance' || is === undefined || listed === undefined || listed.includes(is)) return [];
    const message = `lives in ${names.environment.name}, which is of ${is}; version ${number.major}.${number.minor} runs in ${listed.join(', ') || 'none'}`;
    const remedy = 'Bring the environment to one of those versions first, or add its template to the compatible ones.';
    return [
      {
        finding: failureFinding('I-ENV', message),
        blocker: { code: 'instance-environment-incompatible', message, remedy },
      },
    ];
  }

  /** They go on as they are, but the next deployment of each is refused. */
  #homeless({ names, from, residents = [] }: DeployedThing): readonly ChangeFinding[] {
    const { major } = this.#to.number;
    if (names.part !== 'environment' || major === from.major) return [];
    return residents
      .filter(({ environmentMajors }) => !environmentMajors.includes(major))
      .map(({ instances, version }): ChangeFinding => {
        const message = `${instances} could not be deployed again: ${version}, where they are, does not run in an environment of version ${major}`;
        const evidence = { source: 'rule', certainty: 'certain' } as const;
        const flags = ['breaks-consumer'] as const;
        return { code: 'I-ENV', versionClass: 'breaking', verdict: 'no-change', message, evidence, flags };
      });
  }

  #schema(part: ComparedPart) {
    const { versions, number } = this.#to;
    const version = versions.find(({ major, minor }) => major === number.major && minor === number.minor);
    return inputSchema(version?.schema ?? { inputTypes: {}, types: {} }, inputsOfPart[part]);
  }

  #data({ names }: DeployedThing, inputs: Inputs, secrets: string[]): Result<RenderingData> {
    switch (names.part) {
      case 'environment':
        return accept(environmentData(names.environment, inputs));
      case 'instance':
        return accept(instanceData(names.environment, names.service, { name: names.instance, inputs }));
      case 'pipeline': {
        const instances = [];
        for (const instance of names.instances) {
          const own = inputsOfInstance(instance, this.#to.versions);
          if (!own.ok) return own;
          const { name, outputs, environment, from, spec } = instance;
          const asInstance = { part: 'instance', instance: name, environment, service: names.service } as const;
          secrets.push(...secretsInUse({ names: asInstance, from, spec }, this.#to.versions));
          instances.push({ name, inputs: own.value, outputs, environment });
        }
        return accept(pipelineData(names.service, inputs, instances));
      }
    }
  }

  #render(part: ComparedPart, data: RenderingData) {
    const read = this.#templates.get(part) ?? this.#read(part);
    this.#templates.set(part, read);
    if (!read.ok) return read;
    const { template, job, children } = read.value;
    const load = (name: string) => (Object.hasOwn(job.neighbours, name) ? job.neighbours[name] : undefined);
    const rendered = renderTemplate(template, data, { load });
    const told = (text: string) => accept({ text, file: job.file, children: mayNest(text) ? children : {} });
    return rendered.ok ? told(rendered.value.text) : rendered;
  }

  #read(part: ComparedPart): Result<ReadTemplate> {
    const job = renderJob(this.#to.bundle, part, {});
    if (!job.ok) return job;
    const template = parseTemplate(job.value.text, job.value.file);
    const children = childTemplatesBeside(job.value);
    return template.ok ? accept({ template: template.value, job: job.value, children }) : template;
  }
}

interface ReadTemplate {
  readonly template: Template;
  readonly job: RenderJob;
  readonly children: ChildTemplates;
}

interface BlockingFinding {
  readonly finding: ChangeFinding;
  readonly blocker: Blocker;
}

/** What only few templates read is left out where it is not read: equal templates are then known to be equal stacks. */
function pseudoRead({ pseudo, template }: DeployedThing): PseudoParameters {
  const { stackName, ...rest } = pseudo;
  return template.includes('AWS::StackName') ? { ...rest, stackName } : rest;
}

function contextOf({ outputReaders, importedNames = [] }: DeployedThing, { evaluated }: StackState) {
  const imported = new Set(importedNames);
  const importedExports = [...evaluated.outputs.values()]
    .filter(({ exportName }) => typeof exportName === 'string' && imported.has(exportName))
    .map(({ name }) => name);
  return { outputReaders, importedExports };
}

/** As what no resource type is called. */
export const exportClaim = 'export';

function claimsOf(before: StackState, after: StackState): readonly ChosenName[] {
  const had = new Set(namesOf(before).map(({ type, key }) => `${type} ${key}`));
  return namesOf(after).filter(({ type, key }) => !had.has(`${type} ${key}`));
}

/** Those of its nested stacks, too. */
function namesOf({ evaluated: { resources, outputs }, nested }: StackState): ChosenName[] {
  const named = [...resources.values()].flatMap(({ type, properties }) => chosenName(type, properties) ?? []);
  const exported = [...outputs.values()].flatMap(({ exportName: name }) =>
    typeof name === 'string' ? [{ type: exportClaim, name, key: name }] : [],
  );
  return [...named, ...exported, ...[...(nested?.values() ?? [])].flatMap(namesOf)];
}

function failure(code: RuleCode, refusal: Refusal): BlockingFinding {
  const { message, remedy, position } = refusal;
  const finding = {
    ...failureFinding(code, describeRefusal({ ...refusal, remedy: '' })),
    ...(position && { position }),
  };
  return { finding, blocker: { code: refusal.code, message, remedy } };
}

function blocked(
  refused: readonly BlockingFinding[],
  secrets: readonly string[],
  steps: readonly string[] = [],
): DeployedJudgement {
  const nothing = { resources: [], findings: [], claims: [] };
  return judged(refused, nothing, { secrets, steps, wasKnown: false });
}

function judged(
  refused: readonly BlockingFinding[],
  { resources: all, findings: found, claims }: Compared,
  { secrets, steps, wasKnown }: { secrets: readonly string[]; steps: readonly string[]; wasKnown: boolean },
): DeployedJudgement {
  const masked = maskFindings(
    refused.map(({ finding }) => finding),
    secrets,
  );
  const { findings, ...told } = toldJudgement([...masked, ...found], all);
  const blocker = blockerOf(refused, masked, findings);
  return {
    known: true,
    ...told,
    findings: findings.slice(0, findingsMax).map(findingJson),
    findingsLeftOut: Math.max(0, findings.length - findingsMax),
    steps,
    ...(blocker && { blocker }),
    claims,
    wasKnown,
  };
}

/** The refusal, or the finding, for which it cannot go. */
function blockerOf(
  refused: readonly BlockingFinding[],
  masked: readonly ChangeFinding[],
  findings: readonly ChangeFinding[],
): Blocker | undefined {
  const [first] = refused;
  if (first) return { ...first.blocker, message: masked[0]?.message ?? first.blocker.message };
  const failed = findings.find(({ verdict }) => verdict === 'fails');
  return (
    failed && {
      code: failed.code,
      message: failed.message,
      remedy: 'Change the template; see docs/change-analysis.md.',
    }
  );
}
