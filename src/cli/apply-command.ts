import { createInterface } from 'node:readline/promises';
import type { Command } from 'commander';
import { accept, type Refusal, type Result, refuse } from '../errors/index.ts';
import { type ApiFlags, apiCommand, askServer } from './api-flags.ts';
import { readGivenFile } from './given-file.ts';
import { printRefusal } from './print-refusal.ts';

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
      if (!applied.ok) printRefusal(applied.refusal, flags);
    });
}

async function apply({ endpointUrl, json, file, plan: onlyPlan, prune, yes }: ApplyFlags): Promise<Result<void>> {
  const document = await readGivenFile(file, { instead: kindsOfFiles });
  if (!document.ok) return document;
  const foreign = foreignTo(file, document.value);
  if (foreign) return foreign;
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

const kindsOfFiles =
  'There are three kinds: the organization (first member organization, or units, teams, memberships), rules (governance) and guard rails (guardRails).';

/** What belongs to other commands is known by its first member. */
function foreignTo(file: string, document: string) {
  const [, first] = /^(proton|templates|AWSTemplateFormatVersion|Resources|schema)\s*:/m.exec(document) ?? [];
  if (first === undefined) return undefined;
  return refuse({
    kind: 'invalid',
    code: 'apply-file-foreign',
    message: `${file} is no file for deuteron apply: it has the member ${first}, as ${first === 'proton' ? 'specs' : 'templates'} have.`,
    remedy: `${kindsOfFiles} Specs go to Proton's API, or to deuteron environment plan and instance plan.`,
  });
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
