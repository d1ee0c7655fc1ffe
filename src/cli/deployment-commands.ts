import { Command } from 'commander';
import { type ApiFlags, apiCommand, askAndPrint } from './api-flags.ts';
import { saying } from './given-values.ts';

interface DeploymentAnswer {
  readonly deployment: {
    readonly id: string;
    readonly status: string;
    readonly targetArn: string;
    readonly message?: string;
  };
}

const several = (text: string, before: readonly string[]) => [...before, text];
const path = (id: string, verb: string) => `/deployments/${encodeURIComponent(id)}/${verb}`;

/** `deuteron deployment ...`: the ways out of one that failed. */
export function deploymentCommands(): Command {
  const deployment = new Command('deployment').description('ways out of a deployment that failed');

  deployment.addCommand(
    apiCommand('recover', 'after an update that failed and could not be taken back: bring back what stood before')
      .argument('<id>', 'of the deployment that failed')
      .option('--skip <logical-id>', 'give this resource up; may be given several times', several, [])
      .addHelpText(
        'after',
        '\nThe failed rollback is continued, without what is skipped; then what stood before is deployed. What was skipped\nstays as it is. To go forward instead, deploy another version: the rollback is continued then too.\n\nExample:\n  deuteron deployment recover 0d6c1c52-8d0f-4a3e-9c6b-2f1f8a1f7a55 --skip Alarm\n',
      )
      .action((id: string, { skip, ...flags }: ApiFlags & { skip: readonly string[] }) =>
        askAndPrint<DeploymentAnswer>(
          flags,
          { method: 'POST', path: path(id, 'recover'), body: { skip } },
          (answer) => [
            `The deployment ${answer.deployment.id} brings back what stood before: ${answer.deployment.status}.`,
          ],
        ),
      ),
  );

  deployment.addCommand(
    apiCommand('abandon', 'after a deletion that failed: forget the thing, and leave what lies in the cloud')
      .argument('<id>', 'of the deletion that failed')
      .requiredOption('--reason <text>', 'why; it is kept, with your name', saying)
      .addHelpText(
        'after',
        '\nThe provider is not asked: look first for what goes on running, and costing.\n\nExample:\n  deuteron deployment abandon 0d6c1c52-8d0f-4a3e-9c6b-2f1f8a1f7a55 --reason "the account is closed"\n',
      )
      .action((id: string, { reason, ...flags }: ApiFlags & { reason: string }) =>
        askAndPrint<DeploymentAnswer>(
          flags,
          { method: 'POST', path: path(id, 'abandon'), body: { reason } },
          ({ deployment: { targetArn, message } }) => [`${targetArn} is forgotten.`, ...(message ? [message] : [])],
        ),
      ),
  );
  return deployment;
}
