import { Command, Option } from 'commander';
import type { ApiRequest } from './api-client.ts';
import { type ApiFlags, apiCommand, askAndPrint, askServer } from './api-flags.ts';
import { readGivenFile } from './given-file.ts';
import { wholeNumber } from './given-values.ts';
import { printRefusal } from './print-refusal.ts';

interface Advice {
  readonly verdict: 'allow' | 'needs-approvals' | 'deny' | 'refused';
  readonly waitsFor?: string;
  readonly message?: string;
}

interface ShownPlan {
  readonly plan: { readonly id: string; readonly changeClass: keyof typeof exitCodes };
  readonly advice?: Advice;
  readonly text: string;
  readonly markdown: string;
}

interface PlanFlags extends ApiFlags {
  readonly markdown: boolean;
}

interface ChangeFlags extends PlanFlags {
  readonly create?: boolean;
  readonly delete?: boolean;
  readonly template?: string;
  readonly major?: number;
  readonly minor?: number;
  readonly spec?: string;
  readonly serviceRole?: string;
  readonly branch?: string;
  readonly repository?: string;
  readonly connection?: string;
  readonly previews: string;
}

/** As much as a server takes. */
const specBytesMax = 51_200;

/** As of `template diff`; what nobody can say is no success. */
const exitCodes = { none: 0, compatible: 0, breaking: 3, 'data-affecting': 4, unknown: 5 } as const;
const exitCodesText =
  '\nExit codes: 0 no change or compatible, 3 breaking, 4 data-affecting, 5 not known, 1 refused, 2 used wrongly, or the spec cannot be read.\n';

/** `deuteron environment ...`. */
export function environmentCommands(): Command {
  const environment = new Command('environment').description('environments: what a change would do');
  environment.addCommand(
    changeCommand('what a change of an environment would do; nothing is deployed')
      .argument('<name>', 'the environment')
      .addOption(new Option('--create', 'plan its creation').conflicts('delete'))
      .addOption(new Option('--delete', 'plan its deletion'))
      .option('--template <name>', 'with --create: the environment template')
      .option('--service-role <arn>', 'the role that stacks are made with')
      .addHelpText(
        'after',
        `${exitCodesText}\nExamples:\n  deuteron environment plan sandbox --minor 1\n  deuteron environment plan sandbox --spec network.yaml --markdown\n`,
      )
      .action((name: string, flags: ChangeFlags, command: Command) => {
        if (flags.create && flags.template === undefined)
          command.error('--create needs --template: what it is made from.');
        if (flags.create && flags.spec === undefined) command.error('--create needs --spec: its inputs.');
        return planChange(`/environments/${encodeURIComponent(name)}/plan`, flags);
      }),
  );
  return environment;
}

/** `deuteron instance ...`. */
export function instanceCommands(): Command {
  const instance = new Command('instance').description('service instances: what a change would do');
  instance.addCommand(
    changeCommand('what a change of a service instance would do; nothing is deployed')
      .argument('<service>', 'the service')
      .argument('<instance>', 'the instance')
      .addOption(new Option('--create', 'plan its creation, as an entry of the spec').conflicts('delete'))
      .addOption(new Option('--delete', 'plan its removal'))
      .addHelpText(
        'after',
        `${exitCodesText}\nExamples:\n  deuteron instance plan orders live --major 2\n  deuteron instance plan orders live --spec orders.yaml --json\n`,
      )
      .action((service: string, name: string, flags: ChangeFlags) =>
        planChange(`/services/${encodeURIComponent(service)}/instances/${encodeURIComponent(name)}/plan`, flags),
      ),
  );
  return instance;
}

/** `deuteron pipeline ...`. */
export function pipelineCommands(): Command {
  const pipeline = new Command('pipeline').description('service pipelines: what an update would do');
  pipeline.addCommand(
    changeCommand('what an update of a service pipeline would do; nothing is deployed')
      .argument('<service>', 'the service')
      .addHelpText('after', `${exitCodesText}\nExample:\n  deuteron pipeline plan shop --minor 1\n`)
      .action((service: string, flags: ChangeFlags) =>
        planChange(`/services/${encodeURIComponent(service)}/pipeline/plan`, flags, { isUpdate: true }),
      ),
  );
  return pipeline;
}

/** `deuteron service ...`. */
export function serviceCommands(): Command {
  const service = new Command('service').description('whole services: what a change would do');
  service.addCommand(
    planCommand(
      'plan',
      'what a change of a whole service would do: a plan for each instance that comes or goes, in order; for reading only',
    )
      .argument('<service>', 'the service')
      .option('--spec <file>', 'the spec of the service, with all its instances')
      .addOption(new Option('--create', 'plan its creation').conflicts('delete'))
      .addOption(new Option('--delete', 'plan its deletion').conflicts('spec'))
      .option('--template <name>', 'with --create: the service template')
      .option('--major <number>', 'with --create: the major version', wholeNumber(1, 999_999_999))
      .option('--minor <number>', 'with --create: the minor version', wholeNumber(0, 999_999_999))
      .option('--branch <name>', 'with --create, for a pipeline: the branch')
      .option('--repository <id>', 'with --create, for a pipeline: owner/name')
      .option('--connection <arn>', 'with --create, for a pipeline: the connection to the repository')
      .addOption(previewsOption())
      .addHelpText(
        'after',
        `${exitCodesText}The gravest plan counts.\n\nInstances that come or go are meant, by the whole spec; one that stays is planned by deuteron instance plan.\n\nExamples:\n  deuteron service plan orders --spec orders.yaml\n  deuteron service plan orders --spec orders.yaml --markdown\n`,
      )
      .action((name: string, flags: ChangeFlags, command: Command) => {
        if (!flags.delete && flags.spec === undefined)
          command.error('A service is changed by its whole spec: give it with --spec, or --delete.');
        return planChange(`/services/${encodeURIComponent(name)}/plan`, flags, { show: showPlans });
      }),
  );
  return service;
}

/** `deuteron deployment plan <id>`. */
export function deploymentPlanCommand(): Command {
  return planCommand('plan', 'what a deployment was going to do, as it was decided on')
    .argument('<id>', 'of the deployment')
    .addHelpText('after', exitCodesText)
    .action((id: string, flags: PlanFlags) =>
      showPlan(flags, { method: 'GET', path: `/deployments/${encodeURIComponent(id)}/plan` }),
    );
}

/** `deuteron plan show <id>` and `deuteron plan apply <id>`. */
export function plannedChangeCommands(): readonly Command[] {
  const show = planCommand('show', 'a plan that was made without deploying')
    .argument('<id>', 'of the plan')
    .addHelpText('after', exitCodesText)
    .action((id: string, flags: PlanFlags) =>
      showPlan(flags, { method: 'GET', path: `/plans/${encodeURIComponent(id)}` }),
    );
  const apply = apiCommand('apply', 'make a planned change; refused with what is different when the plan is stale')
    .argument('<id>', 'of the plan')
    .addHelpText('after', '\nExample:\n  deuteron plan apply sha256:4f0c...\n')
    .action((id: string, flags: ApiFlags) =>
      askAndPrint<{ deployment?: AppliedDeployment; advice?: Advice }>(
        flags,
        { method: 'POST', path: `/plans/${encodeURIComponent(id)}/apply` },
        ({ deployment, advice }) => (deployment ? appliedLines(deployment, advice) : ['Done.']),
      ),
    );
  return [show, apply];
}

interface AppliedDeployment {
  readonly id: string;
  readonly status: string;
  readonly targetArn: string;
}

/** What was asked for, and what governance says to it: the deployment itself comes to that in a moment. */
function appliedLines({ id, status, targetArn }: AppliedDeployment, advice: Advice | undefined): readonly string[] {
  const line = `The deployment ${id} of ${targetArn}: ${status}.`;
  if (advice?.verdict === 'needs-approvals')
    return [line, `It waits for approval by ${advice.waitsFor}: deuteron approval show ${id}`];
  return advice?.verdict === 'deny' ? [line, `It is denied: ${advice.message} (deuteron why ${id})`] : [line];
}

function planCommand(name: string, description: string): Command {
  return apiCommand(name, description).addOption(
    new Option('--markdown', 'for a pull request').default(false).conflicts('json'),
  );
}

function changeCommand(description: string): Command {
  return planCommand('plan', description)
    .option('--major <number>', 'the major version to deploy (default: the one in use)', wholeNumber(1, 999_999_999))
    .option('--minor <number>', 'the minor version (default: the recommended one)', wholeNumber(0, 999_999_999))
    .option('--spec <file>', 'the spec to deploy (default: the one in use)')
    .addOption(previewsOption());
}

function previewsOption(): Option {
  return new Option('--previews <rule>', 'when to ask the provider besides')
    .choices(['when-needed', 'always', 'never'])
    .default('when-needed');
}

async function planChange(
  path: string,
  flags: ChangeFlags,
  { isUpdate = false, show = showPlan }: { isUpdate?: boolean; show?: typeof showPlan } = {},
): Promise<void> {
  const spec = flags.spec === undefined ? undefined : await readGivenFile(flags.spec, { bytesMax: specBytesMax });
  if (spec && !spec.ok) return printRefusal(spec.refusal, flags);
  const { template: templateName, major: majorVersion, minor: minorVersion, previews } = flags;
  const operation = flags.create ? 'create' : flags.delete ? 'delete' : 'update';
  const body = {
    ...(!isUpdate && { operation }),
    templateName,
    majorVersion,
    minorVersion,
    spec: spec?.value,
    protonServiceRoleArn: flags.serviceRole,
    previews,
    branchName: flags.branch,
    repositoryId: flags.repository,
    repositoryConnectionArn: flags.connection,
  };
  await show(flags, { method: 'POST', path, body });
}

async function showPlan({ endpointUrl, json, markdown: asMarkdown }: PlanFlags, request: ApiRequest): Promise<void> {
  const answer = await askServer<ShownPlan>(endpointUrl, request);
  if (!answer.ok) return printRefusal(answer.refusal, { json });
  const { plan, text, markdown } = answer.value;
  console.log(json ? JSON.stringify(planJson(answer.value), null, 2) : asMarkdown ? markdown : text);
  process.exitCode = exitCodes[plan.changeClass];
}

async function showPlans({ endpointUrl, json, markdown: asMarkdown }: PlanFlags, request: ApiRequest): Promise<void> {
  const answer = await askServer<{ plans: readonly ShownPlan[]; notes: readonly string[] }>(endpointUrl, request);
  if (!answer.ok) return printRefusal(answer.refusal, { json });
  const { plans, notes } = answer.value;
  const shown = plans.map(({ text, markdown }) => (asMarkdown ? markdown : text));
  const noted = notes.map((note) => (asMarkdown ? `> ${note}` : `Note: ${note}`));
  if (json) console.log(JSON.stringify({ plans: plans.map(planJson), notes }, null, 2));
  else console.log([...shown, ...noted].join('\n\n'));
  process.exitCode = Math.max(0, ...plans.map(({ plan }) => exitCodes[plan.changeClass]));
}

function planJson({ plan, advice }: ShownPlan) {
  return { ...plan, ...(advice && { advice }) };
}
