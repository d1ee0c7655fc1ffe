import type { Problem } from '../guard-rail.ts';
import {
  evaluateRendered,
  findingOf,
  placeOfProblem,
  type RenderedTemplate,
  reportOf,
  stacksIn,
  unseenProblems,
} from '../inspect-template.ts';
import type { InspectExternally } from '../inspector.ts';
import type { RailInForce } from '../rails-in-force.ts';
import { cfnLint } from './cfn-lint.ts';
import { cloudformationGuard } from './cloudformation-guard.ts';
import { type GuardRailPrograms, programOf } from './external-rails.ts';
import { openPolicyAgent } from './open-policy-agent.ts';
import { ownCommand } from './own-command.ts';
import type { Look, ProgramAnswer, Shown } from './program-answer.ts';
import { type ProgramEnd, type ProgramLimits, runProgram } from './run-program.ts';

const looks: Readonly<Record<string, Look>> = {
  'cfn-lint': cfnLint,
  'cloudformation-guard': cloudformationGuard,
  opa: openPolicyAgent,
};

/** Looks by programs of this machine. One that is missing or fails is a finding, never a pass. */
export function createExternalInspection(
  programs: GuardRailPrograms,
  limits: Partial<ProgramLimits> = {},
): InspectExternally {
  return async (inForce, rendered) => {
    const looking = inForce.rails.filter(({ rail }) => rail?.looksAt === 'external');
    const findings = [];
    for (const placement of rendered.placements) {
      const state = evaluateRendered(rendered, placement);
      for (const each of looking) {
        const problems = [...unseenProblems(each, state)];
        for (const one of shownStacks(rendered, placement, state)) {
          const found = await problemsBy(programs, limits, each, one);
          if (found === 'missing') {
            problems.push(missing(each.id));
            break;
          }
          const { nested } = one.stack;
          problems.push(...(nested === undefined ? found : found.map((problem) => ({ ...problem, stack: nested }))));
        }
        for (const problem of problems) {
          const place = placeOfProblem(state, rendered, problem);
          findings.push(findingOf(each, problem, { ...place, hide: rendered.hide }));
        }
      }
    }
    return reportOf(inForce, looking, findings);
  };
}

/** What programs are shown: the stack, and each that is nested in it, as a template of its own. */
function shownStacks(
  { template, stackName }: RenderedTemplate,
  { accountId, region }: RenderedTemplate['placements'][number],
  state: ReturnType<typeof evaluateRendered>,
): readonly Omit<Shown, 'parameters'>[] {
  const stack = { stackName, accountId, region };
  if (!state.ok) return [{ template, region, stack: { ...stack, resources: {} } }];
  return [...stacksIn(state.value)].map(({ path, state: { evaluated } }) => {
    const resources = [...evaluated.resources.values()].map(
      ({ logicalId, type, properties }) => [logicalId, { type, properties }] as const,
    );
    const shown = { ...stack, ...(path && { nested: path }), resources: Object.fromEntries(resources) };
    return { template: path ? evaluated.template.text : template, region, stack: shown };
  });
}

async function problemsBy(
  programs: GuardRailPrograms,
  limits: Partial<ProgramLimits>,
  { id, setting: { parameters } }: RailInForce,
  one: Omit<Shown, 'parameters'>,
): Promise<readonly Problem[] | 'missing'> {
  const look = looks[id] ?? ownCommand;
  const program = programOf(programs, id);
  if (!program) return 'missing';
  const shown = { ...one, parameters };
  const end = await runProgram({ program, ...look.run(shown), limits });
  switch (end.end) {
    case 'missing':
      return 'missing';
    case 'late':
      return [failed(id, 'it took too long')];
    case 'too-much':
      return [failed(id, 'it wrote too much')];
    case 'killed':
      return [failed(id, 'it was ended')];
    case 'exit': {
      const answer = readAnswer(look, end, shown);
      if ('problems' in answer) return answer.problems;
      return [failed(id, answer.failed.trim().slice(0, 500) || `exit code ${end.code}`)];
    }
  }
}

function readAnswer(look: Look, end: Extract<ProgramEnd, { readonly end: 'exit' }>, shown: Shown): ProgramAnswer {
  try {
    return look.read(end, shown);
  } catch (error) {
    return { failed: `its answer cannot be read: ${(error as Error).message}` };
  }
}

/** Not unknown but found: who sets a rail wants it looked at. */
function missing(id: string): Problem {
  return {
    message: `guard-rail-tool-missing: the program of ${id} is not on this server, so nothing was looked at.`,
    remedy: 'Whoever runs this installation installs it, or names it with --guard-rail-programs.',
  };
}

function failed(id: string, why: string): Problem {
  return {
    message: `guard-rail-tool-failed: ${id} could not look: ${why}`,
    remedy: 'Correct its parameters, or ask whoever runs this installation.',
  };
}
