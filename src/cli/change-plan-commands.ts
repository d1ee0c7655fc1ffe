import { Command, Option } from 'commander';
import type { ApiRequest } from './api-client.ts';
import { type ApiFlags, apiCommand, askAndPrint, askServer } from './api-flags.ts';
import { readGivenFile } from './given-file.ts';
import { wholeNumber } from './given-values.ts';
import { printRefusal } from './print-refusal.ts';

interface ShownPlan {
  readonly plan: { readonly id: string; readonly changeClass: keyof typeof exitCodes };
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
        planChange(`/services/${encodeURIComponent(service)}/pipeline/plan`, flags, true),
      ),
  );
  return pipeline;
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
      askAndPrint<{ deployment?: { id: string; status: string; targetArn: string } }>(
        flags,
        { method: 'POST', path: `/plans/${encodeURIComponent(id)}/apply` },
        ({ deployment }) => [
          deployment ? `The deployment ${deployment.id} of ${deployment.targetArn}: ${deployment.status}.` : 'Done.',
        ],
      ),
    );
  return [show, apply];
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
    .addOption(
      new Option('--previews <rule>', 'when to ask the provider besides')
        .choices(['when-needed', 'always', 'never'])
        .default('when-needed'),
    );
}

async function planChange(path: string, flags: ChangeFlags, isUpdate = false): Promise<void> {
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
  };
  await showPlan(flags, { method: 'POST', path, body });
}

async function showPlan({ endpointUrl, json, markdown: asMarkdown }: PlanFlags, request: ApiRequest): Promise<void> {
  const answer = await askServer<ShownPlan>(endpointUrl, request);
  if (!answer.ok) return printRefusal(answer.refusal, { json });
  const { plan, text, markdown } = answer.value;
  console.log(json ? JSON.stringify(plan, null, 2) : asMarkdown ? markdown : text);
  process.exitCode = exitCodes[plan.changeClass];
}
