import { vi } from 'vitest';
import type { ApiAccess } from '../api-client.ts';
import { commandLine } from '../command-line.ts';
import { runCommandLine } from '../run-command-line.ts';

/** What a command printed, to either stream, and the exit code that its process would have had. */
export interface CommandRun {
  readonly text: string;
  readonly exitCode: unknown;
}

const idle = async () => undefined;

/**
 * Runs `deuteron <words>` in this process, which is as before when it ends.
 * @param environment variables that the command sees beside those of this process
 */
export async function runDeuteron(
  environment: Readonly<Record<string, string>>,
  ...words: readonly string[]
): Promise<CommandRun> {
  const printed: string[] = [];
  const spies = (['log', 'error'] as const).map((stream) =>
    vi.spyOn(console, stream).mockImplementation((text) => void printed.push(String(text))),
  );
  const usual = Object.keys(environment).map((name) => [name, process.env[name]] as const);
  Object.assign(process.env, environment);
  process.exitCode = 0;
  try {
    const program = commandLine({ server: idle, cloud: idle, check: idle, render: idle, doctor: idle }, '0.0.0');
    await runCommandLine(program, words);
    return { text: printed.join('\n'), exitCode: process.exitCode };
  } finally {
    process.exitCode = 0;
    for (const [name, value] of usual) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
    for (const spy of spies) spy.mockRestore();
  }
}

/** The variables with which a command asks a server as somebody. */
export function environmentOf({ endpoint, accessKeyId, secretAccessKey }: ApiAccess): Record<string, string> {
  return { DEUTERON_URL: endpoint, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
}
