import { Command, Option } from 'commander';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import type { ApiAccess, ApiRequest, TokenAccess } from './api-client.ts';
import { serverUrl } from './given-values.ts';
import { printRefusal } from './print-refusal.ts';
import { storedSignIn } from './stored-sign-in.ts';

export interface ApiFlags {
  readonly endpointUrl: string;
  readonly json: boolean;
}

/** A command that asks a server, as whom the environment or a sign-in says: see `accessTo`. */
export function apiCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .addOption(endpointOption())
    .option('--json', 'the answer as JSON', false);
}

export function endpointOption(): Option {
  return new Option('--endpoint-url <url>', 'the server to ask')
    .env('DEUTERON_URL')
    .argParser(serverUrl)
    .default('http://127.0.0.1:4400');
}

/**
 * Asks, and prints the answer: as JSON, or as the given lines. What is refused goes to standard error, with exit code 1.
 * @param isGood whether the answer is what was hoped for; if not, the exit code is 1 too
 * @param advise what this command knows better of a refusal than the server, which knows of no command
 */
export async function askAndPrint<Answer>(
  { endpointUrl, json }: Pick<ApiFlags, 'endpointUrl' | 'json'>,
  request: ApiRequest,
  lines: (answer: Answer) => readonly string[],
  isGood: (answer: Answer) => boolean = () => true,
  advise: (refusal: Refusal) => Refusal = (refusal) => refusal,
): Promise<void> {
  const answer = await askServer<Answer>(endpointUrl, request);
  if (!answer.ok) return printRefusal(advise(answer.refusal), { json });
  const text = json ? JSON.stringify(answer.value ?? {}, null, 2) : lines(answer.value).join('\n');
  if (text !== '') console.log(text);
  if (!isGood(answer.value)) process.exitCode = 1;
}

/** A list for people, or one sentence where it is empty; below it how to see more. */
export function listed<Item>(
  items: readonly Item[],
  describe: (item: Item) => string,
  empty: string,
  nextToken?: string,
): readonly string[] {
  if (nextToken) return [...items.map(describe), `There are more: --next-token ${nextToken}`];
  return items.length > 0 ? items.map(describe) : [empty];
}

/** The answer, or why there is none. */
export async function askServer<Answer>(endpoint: string, request: ApiRequest): Promise<Result<Answer>> {
  const access = accessTo(endpoint);
  if (!access.ok) return access;
  const { callApi } = await import('./api-client.ts'); // signing is loaded only where something is signed
  return callApi<Answer>(access.value, request);
}

/** The lines of an answer as they come, or why there is none. */
export async function followServer<Line>(endpoint: string, request: ApiRequest): Promise<Result<AsyncIterable<Line>>> {
  const access = accessTo(endpoint);
  if (!access.ok) return access;
  const { streamApi } = await import('./api-client.ts');
  return streamApi<Line>(access.value, request);
}

/**
 * As whom to ask: DEUTERON_TOKEN, or an access key of ours in the variables of AWS's clients, or who signed in with
 * `deuteron login`, or whatever other key is in those variables.
 */
export function accessTo(endpoint: string): Result<ApiAccess | TokenAccess> {
  const { DEUTERON_TOKEN, AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = process.env;
  if (DEUTERON_TOKEN) return accept({ endpoint, token: DEUTERON_TOKEN });
  const isOurs = accessKeyId?.startsWith('DTR');
  const token = isOurs ? undefined : storedSignIn(endpoint);
  if (token) return accept({ endpoint, token });
  if (!accessKeyId || !secretAccessKey) {
    return refuse({
      kind: 'invalid',
      code: 'access-key-not-given',
      message: 'Nothing says who you are: neither DEUTERON_TOKEN nor AWS_ACCESS_KEY_ID is set, and nobody signed in.',
      remedy: 'Sign in with deuteron login, or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY to a key of yours.',
    });
  }
  return accept({ endpoint, accessKeyId, secretAccessKey, sessionToken: process.env.AWS_SESSION_TOKEN });
}
