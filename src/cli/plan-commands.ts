import { Command, Option } from 'commander';
import {
  describePlanJudgement,
  judgePlan,
  planJudgementJson,
  planJudgementMarkdown,
  readTerraformPlan,
  terraformPlanBytesMax,
} from '../changes/index.ts';
import { readGivenFile } from './given-file.ts';
import { printRefusal, usedWronglyExitCode } from './print-refusal.ts';

interface PlanReadFlags {
  readonly json: boolean;
  readonly markdown: boolean;
}

/** `deuteron plan ...`: questions about plans; of Terraform and OpenTofu without a server. */
export function planCommands(): Command {
  const plan = new Command('plan').description(
    'look at plans, and apply them; those of Terraform and OpenTofu without a server',
  );
  plan.addCommand(planReadCommand());
  return plan;
}

/** `deuteron plan read <file>`. */
function planReadCommand(): Command {
  return new Command('read')
    .description('say what a plan would do to what is there, and how grave that is')
    .argument('<file>', 'what "terraform show -json <plan>" or "tofu show -json <plan>" printed')
    .addOption(new Option('--json', 'as JSON').default(false).conflicts('markdown'))
    .option('--markdown', 'for a pull request', false)
    .addHelpText(
      'after',
      '\nExit codes: 0 compatible, 3 breaking, 4 data-affecting, 2 the plan cannot be read.\n\nExample:\n  terraform plan -out=tfplan && terraform show -json tfplan > plan.json\n  deuteron plan read plan.json\n',
    )
    .action(readPlan);
}

const exitCodes = { compatible: 0, breaking: 3, 'data-affecting': 4 } as const;

async function readPlan(file: string, flags: PlanReadFlags): Promise<void> {
  const text = await readGivenFile(file, { bytesMax: terraformPlanBytesMax });
  const plan = text.ok ? readTerraformPlan(text.value) : text;
  if (!plan.ok) return printRefusal(plan.refusal, flags, usedWronglyExitCode);
  const judged = judgePlan(plan.value);
  if (flags.json) console.log(JSON.stringify(planJudgementJson(judged), null, 2));
  else console.log(flags.markdown ? planJudgementMarkdown(judged) : describePlanJudgement(judged));
  process.exitCode = exitCodes[judged.versionClass];
}
