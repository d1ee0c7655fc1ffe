import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { accept, describeRefusal, type Refusal, type Result, refuse } from '../errors/index.ts';
import { type ApiFlags, apiCommand, askServer } from './api-flags.ts';

interface Plan {
  readonly changes: readonly { readonly sign: string; readonly text: string }[];
  readonly hash: string;
  readonly text: string;
}

interface ApplyFlags extends ApiFlags {
  readonly file: string;
  readonly plan: boolean;
  readonly prune: boolean;
  readonly yes: boolean;
}

/** `deuteron apply`: the organization, its rules, or the guard rails, as a file. */
export function applyCommand(): Command {
  return apiCommand(
    'apply',
    'make the organization, its rules, or the guard rails what a file says; shows first what would change',
  )
    .requiredOption('-f, --file <file>', 'YAML; - for standard input')
    .option('--plan', 'only show what would change', false)
    .option(
      '--prune',
      'remove units, teams and members that the sections of the file do not name, or take back rules or guard rails',
      false,
    )
    .option('--yes', 'apply without asking', false)
    .addHelpText(
      'after',
      '\nExamples:\n  deuteron apply -f org.yaml --plan\n  deuteron apply -f org.yaml --yes\n  deuteron apply -f governance.yaml\n  deuteron apply -f guard-rails.yaml\n  deuteron org show\n',
    )
    .action(async (flags: ApplyFlags) => {
      const applied = await apply(flags);
      if (applied.ok) return;
      console.error(describeRefusal(applied.refusal));
      process.exitCode = 1;
    });
}

async function apply({ endpointUrl, json, file, plan: onlyPlan, prune, yes }: ApplyFlags): Promise<Result<void>> {
  const document = readInput(file);
  if (!document.ok) return document;
  const body = { document: document.value, file: file === '-' ? 'standard input' : file, prune };
  const of = pathOf(document.value);
  const planned = await askServer<Plan>(endpointUrl, { method: 'POST', path: `${of}/plan`, body });
  if (!planned.ok) return planned;
  const { changes, hash, text } = planned.value;
  const isOver = onlyPlan || changes.length === 0;
  if (!json) console.log(text);
  else if (isOver) console.log(JSON.stringify(planned.value, null, 2));
  if (isOver) return accept(undefined);
  const confirmed = yes ? accept(undefined) : await confirm(file);
  if (!confirmed.ok) return confirmed;
  const applied = await askServer<Plan>(endpointUrl, {
    method: 'POST',
    path: `${of}/apply`,
    body: { ...body, hash },
  });
  if (!applied.ok) return applied;
  console.log(json ? JSON.stringify(applied.value, null, 2) : 'Applied.');
  return accept(undefined);
}

/** What a file is of, its first member says; which members it may have, the server knows. */
function pathOf(document: string): string {
  if (/^guardRails\s*:/m.test(document)) return '/guard-rails';
  return /^governance\s*:/m.test(document) ? '/governance' : '/organization';
}

function readInput(file: string): Result<string> {
  try {
    return accept(readFileSync(file === '-' ? 0 : file, 'utf8'));
  } catch (error) {
    return refuse({
      kind: 'missing',
      code: 'file-unreadable',
      message: `${file} cannot be read: ${(error as Error).message}.`,
      remedy: 'Give a file that exists, or - for standard input.',
    });
  }
}

async function confirm(file: string): Promise<Result<void>> {
  const canAsk = process.stdin.isTTY && process.stdout.isTTY && file !== '-';
  if (canAsk && (await askYes('\nApply this? (yes/no) '))) return accept(undefined);
  return { ok: false, refusal: notConfirmed() };
}

async function askYes(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return /^y(es)?$/i.test((await terminal.question(question)).trim());
  } finally {
    terminal.close();
  }
}

function notConfirmed(): Refusal {
  return refuse({
    kind: 'invalid',
    code: 'apply-not-confirmed',
    message: 'Nothing was applied.',
    remedy: 'Answer yes, or add --yes where nobody can be asked.',
  }).refusal;
}
