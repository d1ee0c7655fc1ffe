import {
  type ExpressionSight,
  givenInputs,
  type InputIssue,
  type InputTypeKey,
  inputSchema,
  type PropertySchema,
  pointerText,
  resolveStoredInputs,
  stepName,
} from '../../bundles/index.ts';
import { accept, type Refusal, type Result, refuse } from '../../errors/index.ts';
import { yamlFromData } from '../../yaml-source/index.ts';
import { applyOps, type Move, type OpenQuestion, type StepContext, type TraceEntry } from './apply-step.ts';
import { copyOf, type InputData } from './inputs-at.ts';
import { SecretInputs, secretPlaces } from './secret-inputs.ts';
import { type KnownVersion, type PathStep, upgradePath, type Version } from './upgrade-path.ts';

export interface UpgradeRequest {
  /** All versions of the template that are known, deleted ones too. */
  readonly versions: readonly KnownVersion[];
  readonly from: Version;
  readonly to: Version;
  readonly key: InputTypeKey;
  /** As they were given, typed by the schema of `from`, without its defaults. */
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly sight?: Partial<Omit<ExpressionSight, 'input'>>;
  /** To the questions of `ask`, by the text of their place. */
  readonly answers?: ReadonlyMap<string, unknown>;
}

export interface UpgradedInputs {
  readonly inputs: InputData;
  /** Every operation on the way, in order. */
  readonly trace: readonly TraceEntry[];
  /** What was moved, in order; for a text that shall keep its comments. */
  readonly moves: readonly Move[];
}

export type UpgradeRefusal =
  | Refusal<'upgrade-step-failed' | 'upgrade-stop' | 'upgrade-down-missing'>
  | (Refusal<'upgrade-result-invalid'> & { readonly issues: readonly InputIssue[] })
  | (Refusal<'upgrade-unanswered'> & { readonly questions: readonly OpenQuestion[] });

/**
 * Inputs of one version as inputs of another, through every step between them; also back again, where the steps say how.
 * After each step the inputs are checked by the schema of the version that it leads to. All or nothing.
 * @refuses an operation that does not fit these inputs (its file, line and step), a result that its schema refuses, a
 *   question without an answer, a version that must be deployed before, a way down that a step does not have
 */
export function upgradeInputs(request: UpgradeRequest): Result<UpgradedInputs, UpgradeRefusal> {
  const { versions, from, to, key } = request;
  const path = upgradePath(versions, from, to);
  const stop = path.slice(0, -1).find(({ step, direction }) => step.stop && direction === 'up');
  if (stop) return mustStop(stop);
  let inputs = copyOf(request.inputs) as InputData;
  const trace: TraceEntry[] = [];
  const moves: Move[] = [];
  for (const each of path) {
    const taken = takeStep(each, inputs, request);
    if (!taken.ok) return taken;
    inputs = taken.value.inputs;
    trace.push(...taken.value.trace);
    moves.push(...taken.value.moves);
  }
  const target = versions.find(({ major, minor }) => major === to.major && minor === to.minor);
  const schema = schemaOf(target, key);
  if (path.length > 0 || !schema) return accept({ inputs, trace, moves });
  const fitting = fitted(schema, inputs, `version ${to.major}.${to.minor}, to which no upgrade step leads`);
  return fitting.ok ? accept({ inputs: fitting.value, trace, moves }) : fitting;
}

function takeStep(
  { step, direction, before, after }: PathStep,
  inputs: InputData,
  { key, sight, answers = new Map() }: UpgradeRequest,
): Result<UpgradedInputs, UpgradeRefusal> {
  const part = key === 'pipeline_input_type' ? step.pipeline : step.inputs;
  const name = direction === 'up' ? stepName(step) : `${stepName(step)}, down`;
  const ops = direction === 'up' ? part.up : part.down;
  if (!ops) return noWayDown(step.file, stepName(step));
  const [oldSchema, newSchema] = [schemaOf(before, key), schemaOf(after, key)];
  const secrets = new SecretInputs(oldSchema ? secretPlaces(oldSchema, inputs) : []);
  const filled = oldSchema ? withDefaults(oldSchema, inputs) : inputs;
  const context: StepContext = {
    step: name,
    oldSchema,
    newSchema,
    before: new SecretInputs(oldSchema ? secretPlaces(oldSchema, filled) : []).without(filled),
    sight: {
      instance: sight?.instance ?? { name: '', environment: '', service: '' },
      env: sight?.env ?? { name: '', outputs: {} },
    },
    answers,
  };
  const applied = applyOps(ops, inputs, secrets, context);
  if (!applied.ok) {
    const { position, operation, problem } = applied;
    return refuse({
      kind: 'invalid',
      code: 'upgrade-step-failed',
      message: `The upgrade step ${name} stops at "${operation}": ${problem}.`,
      remedy: "Send a spec that fits the new version; the template's author can make the step take these inputs.",
      position,
    });
  }
  const [question] = applied.questions;
  if (question) return unanswered(name, applied.questions);
  if (newSchema) {
    const [exposed] = secrets.exposedBy(newSchema);
    if (exposed) return wouldExpose(step.file, name, pointerText(exposed));
    const fitting = fitted(
      newSchema,
      applied.inputs,
      `version ${after?.major}.${after?.minor}, after the upgrade step ${name}`,
    );
    if (!fitting.ok) return fitting;
    return accept({ ...applied, inputs: fitting.value });
  }
  return accept(applied);
}

function schemaOf(version: KnownVersion | undefined, key: InputTypeKey): PropertySchema | undefined {
  return version?.schema && inputSchema(version.schema, key);
}

function withDefaults(schema: PropertySchema, inputs: InputData): InputData {
  const resolved = resolveStoredInputs(schema, inputs);
  return resolved.ok ? (copyOf(resolved.value) as InputData) : inputs;
}

/** The inputs with the types of a schema, if they fit it. */
function fitted(schema: PropertySchema, inputs: InputData, what: string): Result<InputData, UpgradeRefusal> {
  const position = { file: 'upgraded inputs', line: 1, column: 1 };
  const given = givenInputs(schema, yamlFromData(inputs, position), position);
  if (given.ok) return accept(copyOf(given.value) as InputData);
  const { issues } = given.refusal;
  const lines = issues.map(({ path, message }) => `${path || 'inputs'}: ${message}`);
  return {
    ok: false,
    refusal: {
      kind: 'invalid',
      code: 'upgrade-result-invalid',
      message: `The inputs do not fit ${what}.\n${lines.join('\n')}`,
      remedy: "Send a spec that fits the new version; the template's author can add an upgrade step for what is named.",
      issues,
    },
  };
}

function mustStop({ step, after }: PathStep) {
  const version = after ? `${after.major}.${after.minor}` : `${step.to.major}.${step.to.minor}`;
  return refuse({
    kind: 'conflict',
    code: 'upgrade-stop' as const,
    message: `The upgrade step ${stepName(step)} says "stop: true": version ${version} must be deployed before the way goes on.`,
    remedy: `Deploy version ${version} first, then the one that you want.`,
    position: { file: step.file, line: 1, column: 1 },
  });
}

function noWayDown(file: string, name: string) {
  return refuse({
    kind: 'invalid',
    code: 'upgrade-down-missing' as const,
    message: `The upgrade step ${name} has no "down:", so inputs cannot go back over it.`,
    remedy: 'Send a spec that fits the older version; its former deployment shows the one that was used.',
    position: { file, line: 1, column: 1 },
  });
}

function wouldExpose(file: string, name: string, place: string) {
  return refuse({
    kind: 'invalid',
    code: 'upgrade-step-failed' as const,
    message: `The upgrade step ${name} would bring a secret to ${place}, which the new schema does not call secret.`,
    remedy: "The template's author moves it to an input that is secret, or drops it.",
    position: { file, line: 1, column: 1 },
  });
}

function unanswered(name: string, questions: readonly OpenQuestion[]): Result<never, UpgradeRefusal> {
  const lines = questions.map(({ at, question, role }) => `${at} (${role}): ${question}`);
  return {
    ok: false,
    refusal: {
      kind: 'invalid',
      code: 'upgrade-unanswered',
      message: `The upgrade step ${name} asks what only a person knows.\n${lines.join('\n')}`,
      remedy: 'Send a spec with the answers in these inputs.',
      questions,
    },
  };
}
