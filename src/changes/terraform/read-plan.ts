import type { EvaluatedObject } from '../../cloudformation/index.ts';
import { isEvaluatedObject } from '../../cloudformation/index.ts';
import { accept, type Refusal, type Result, refuse } from '../../errors/index.ts';
import { isRecord, listOf, PlannedValues, PlanTooDeep } from './planned-values.ts';
import type { FailedCheck, PlannedAction, PlannedOutput, PlannedResource, TerraformPlan } from './terraform-plan.ts';

/** Bytes of a plan as JSON. The largest that were seen in public have some tens of megabytes. */
export const terraformPlanBytesMax = 128 * 1024 * 1024;
const resourcesMax = 50_000;

export type TerraformPlanRefusal = Refusal<
  'terraform-plan-unreadable' | 'terraform-plan-version' | 'terraform-plan-too-large'
>;

/**
 * Reads what `terraform show -json <plan>` or `tofu show -json <plan>` prints. Unknown members are passed over, as the
 * format asks of its readers. Source: developer.hashicorp.com/terraform/internals/json-format.
 * @refuses what is no such plan, another major version of the format, and what is larger than a plan can be
 */
export function readTerraformPlan(text: string): Result<TerraformPlan, TerraformPlanRefusal> {
  const bytes = Buffer.byteLength(text);
  if (bytes > terraformPlanBytesMax) return tooManyBytes(bytes);
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    return unreadable(`it is not JSON (${(error as Error).message})`);
  }
  if (!isRecord(data)) return unreadable('it is not an object');
  const version = data.format_version;
  if (typeof version !== 'string') return unreadable(missingVersion(data));
  if (!/^1\.\d+$/.test(version)) {
    return refuse({
      kind: 'invalid',
      code: 'terraform-plan-version',
      message: `The plan has the format ${version.slice(0, 20)}; formats 1.x are read.`,
      remedy: 'Write it with Terraform 1.1 or newer, or with OpenTofu.',
    });
  }
  if (data.resource_changes === undefined && data.planned_values === undefined && data.values !== undefined) {
    return unreadable('it is a state, not a plan');
  }
  const changes = listOf(data.resource_changes);
  if (changes.length > resourcesMax) return tooLarge(`more than ${resourcesMax} resources`);
  try {
    return planFrom(data, changes);
  } catch (error) {
    if (error instanceof PlanTooDeep) return tooLarge('values that are nested too deeply');
    throw error;
  }
}

/** The refusal of a plan by its size alone, so that nobody need read it. */
export function tooManyBytes(bytes: number): { readonly ok: false; readonly refusal: TerraformPlanRefusal } {
  return tooLarge(`${bytes} bytes; at most ${terraformPlanBytesMax} are read`);
}

/** The stream of `terraform plan -json` and the binary plan are taken for it most often. */
function missingVersion(data: Readonly<Record<string, unknown>>): string {
  return data['@level'] === undefined ? 'it has no format_version' : 'it is the log of "plan -json"';
}

function unreadable(why: string): { readonly ok: false; readonly refusal: TerraformPlanRefusal } {
  return refuse({
    kind: 'invalid',
    code: 'terraform-plan-unreadable',
    message: `This is no plan as JSON: ${why}.`,
    remedy: 'Write it with: terraform plan -out=tfplan && terraform show -json tfplan > plan.json',
  });
}

function tooLarge(what: string): { readonly ok: false; readonly refusal: TerraformPlanRefusal } {
  return refuse({
    kind: 'limit',
    code: 'terraform-plan-too-large',
    message: `The plan has ${what}.`,
    remedy: 'Split the configuration, or plan a part of it with -target.',
  });
}

function planFrom(
  data: Readonly<Record<string, unknown>>,
  changes: readonly unknown[],
): Result<TerraformPlan, TerraformPlanRefusal> {
  const values = new PlannedValues();
  const read = (list: readonly unknown[]) => list.map((each) => resourceFrom(each, values));
  const deferred = listOf(data.deferred_changes).map((each) => (isRecord(each) ? each.resource_change : undefined));
  const lists = [read(changes), read(deferred), read(listOf(data.resource_drift))];
  const wrong = lists.flat().find((each) => typeof each === 'string');
  if (typeof wrong === 'string') return unreadable(wrong);
  const [resources, later, drift] = lists as PlannedResource[][];
  const outputs = outputsFrom(data.output_changes, values);
  if (typeof outputs === 'string') return unreadable(outputs);
  return accept({
    resources: resources!,
    deferred: later!,
    drift: drift!,
    outputs,
    failedChecks: failedChecks(data.checks),
    isComplete: data.complete !== false,
    isErrored: data.errored === true,
    secrets: values.secrets,
  });
}

/** The resource, or what is wrong with it. */
function resourceFrom(data: unknown, values: PlannedValues): PlannedResource | string {
  if (!isRecord(data) || typeof data.address !== 'string' || typeof data.type !== 'string') {
    return 'a resource has no address or no type';
  }
  const { address, type, previous_address: previous, action_reason: reason, change, mode } = data;
  const action = isRecord(change) ? actionFrom(change.actions) : undefined;
  if (!isRecord(change) || action === undefined) return `the change of ${address.slice(0, 200)} has no known actions`;
  const side = (known: unknown, sensitive: unknown, unknown?: unknown): EvaluatedObject | undefined => {
    if (known === undefined || known === null) return undefined;
    const value = values.value(known, sensitive, unknown, address);
    return isEvaluatedObject(value) ? value : {};
  };
  const { importing } = change;
  return {
    address,
    type,
    action: mode === 'data' ? 'read' : action,
    isDeposed: typeof data.deposed === 'string' && data.deposed !== '',
    before: side(change.before, change.before_sensitive),
    after: side(
      change.after ?? (change.after_unknown === true ? {} : undefined),
      change.after_sensitive,
      change.after_unknown,
    ),
    replacePaths: listOf(change.replace_paths).filter(isPath),
    ...(typeof previous === 'string' && previous !== address && { previousAddress: previous }),
    ...(typeof reason === 'string' && { reason }),
    ...(isRecord(importing) && { importedId: typeof importing.id === 'string' ? importing.id : '' }),
  };
}

function isPath(value: unknown): value is readonly (string | number)[] {
  return Array.isArray(value) && value.every((step) => typeof step === 'string' || typeof step === 'number');
}

const actionsOf: Readonly<Record<string, PlannedAction>> = {
  'no-op': 'none',
  read: 'read',
  create: 'create',
  update: 'update',
  delete: 'delete',
  forget: 'forget',
  'delete create': 'replace-first-delete',
  'create delete': 'replace-first-create',
  'create forget': 'replace-and-forget',
};

function actionFrom(actions: unknown): PlannedAction | undefined {
  const key = listOf(actions).join(' ');
  return Object.hasOwn(actionsOf, key) ? actionsOf[key] : undefined;
}

function outputsFrom(data: unknown, values: PlannedValues): readonly PlannedOutput[] | string {
  if (!isRecord(data)) return [];
  const outputs: PlannedOutput[] = [];
  for (const [name, change] of Object.entries(data)) {
    const action = isRecord(change) ? actionFrom(change.actions) : undefined;
    if (!isRecord(change) || action === undefined)
      return `the change of the output ${name.slice(0, 200)} has no known actions`;
    const before = values.value(change.before, change.before_sensitive, undefined, `output.${name}`);
    const after = values.value(change.after, change.after_sensitive, change.after_unknown, `output.${name}`);
    outputs.push({ name, action, ...(before !== undefined && { before }), ...(after !== undefined && { after }) });
  }
  return outputs;
}

function failedChecks(data: unknown): readonly FailedCheck[] {
  return listOf(data)
    .filter(isRecord)
    .flatMap((check) => {
      const where = isRecord(check.address) ? check.address.to_display : undefined;
      const failed = listOf(check.instances)
        .filter(isRecord)
        .filter(({ status }) => status === 'fail' || status === 'error');
      if (failed.length === 0 && check.status !== 'fail' && check.status !== 'error') return [];
      const problems = failed
        .flatMap((instance) => listOf(instance.problems))
        .flatMap((problem) => (isRecord(problem) && typeof problem.message === 'string' ? [problem.message] : []));
      return [{ address: typeof where === 'string' ? where : 'a check', problems }];
    });
}
