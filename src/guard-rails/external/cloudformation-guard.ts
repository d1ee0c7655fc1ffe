import type { Problem } from '../guard-rail.ts';
import { textOf } from '../parameter-rule.ts';
import { type Look, type ProgramAnswer, pathProblem } from './program-answer.ts';

interface GuardFile {
  readonly status: 'PASS' | 'FAIL' | 'SKIP';
  readonly not_compliant: readonly unknown[];
}

/** Source: the User Guide of CloudFormation Guard, "validate"; exit codes 0 compliant, 19 not, 5 an error. It passes over files whose
 * names do not end in a format that it knows, and then has found nothing; JSON is YAML. */
export const cloudformationGuard: Look = {
  run: ({ template, parameters }) => ({
    args: [
      'validate',
      '--rules',
      'rules.guard',
      '--data',
      'template.yaml',
      '--structured',
      '--output-format',
      'json',
      '--show-summary',
      'none',
    ],
    files: { 'template.yaml': template, 'rules.guard': textOf(parameters, 'rules') },
  }),
  read({ code, output, errors }): ProgramAnswer {
    if (code !== 0 && code !== 19) return { failed: errors || output };
    const files = JSON.parse(output) as readonly GuardFile[];
    if (files.length === 0) return { failed: 'it looked at no template' };
    return { problems: files.flatMap(({ not_compliant: failed }) => [...clausesIn(failed, '')]) };
  },
};

/** Each clause that failed, however deep in rules and alternatives it stands. Values of the template are not told. */
function* clausesIn(node: unknown, rule: string): Generator<Problem> {
  if (Array.isArray(node)) for (const each of node) yield* clausesIn(each, rule);
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return;
  const { name, context, messages, check, ...rest } = node as Record<string, unknown>;
  if (typeof context === 'string' && check !== undefined) {
    const custom = (messages as { readonly custom_message?: string } | undefined)?.custom_message;
    const path = pathIn(check);
    yield {
      ...pathProblem(path?.split('/').filter((step) => step !== '') ?? []),
      message: `${rule}: ${custom?.trim() || context.trim()}`,
    };
    return;
  }
  const named = typeof name === 'string' ? name : rule;
  for (const each of Object.values(rest)) yield* clausesIn(each, named);
}

function pathIn(node: unknown): string | undefined {
  if (typeof node !== 'object' || node === null) return undefined;
  const { path } = node as { readonly path?: unknown };
  if (typeof path === 'string' && path.startsWith('/')) return path;
  for (const each of Object.values(node)) {
    const found = pathIn(each);
    if (found !== undefined) return found;
  }
  return undefined;
}
