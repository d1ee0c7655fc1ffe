import type { ExternalRail } from '../guard-rail.ts';
import type { Program } from './run-program.ts';

/** Programs by the rail that they are for: `cfn-lint`, `cloudformation-guard`, `opa`, or the name of an own command. */
export type GuardRailPrograms = Readonly<Record<string, Program>>;

/** Where they are looked for when nobody says. */
const onPath: Readonly<Record<string, Program>> = {
  'cfn-lint': ['cfn-lint'],
  'cloudformation-guard': ['cfn-guard'],
  opa: ['opa'],
};

const known: readonly ExternalRail[] = [
  {
    id: 'cfn-lint',
    looksAt: 'external',
    about: 'cfn-lint finds nothing in the rendered template.',
    remedy: 'Correct it, or name the rule of cfn-lint in the parameter ignore.',
    parameters: {
      ignore: {
        kind: 'texts',
        about: 'rules of cfn-lint that do not count, e.g. W3045, or W for all warnings',
        usual: [],
      },
    },
    warnsByDefault: false,
  },
  {
    id: 'cloudformation-guard',
    looksAt: 'external',
    about: 'The rendered template complies with rules of CloudFormation Guard.',
    remedy: 'Make the template comply.',
    parameters: { rules: { kind: 'text', about: 'in the language of CloudFormation Guard' } },
    warnsByDefault: false,
  },
  {
    id: 'opa',
    looksAt: 'external',
    about: 'A policy in Rego denies nothing of the evaluated template.',
    remedy: 'Make the template comply.',
    parameters: {
      policy: { kind: 'text', about: 'in Rego' },
      query: { kind: 'text', about: 'what gives the list of denials', usual: 'data.deuteron.deny' },
    },
    warnsByDefault: false,
  },
];

const commandPrefix = 'command:';

/** The external rails of a server with these programs. */
export function externalRails(programs: GuardRailPrograms): readonly ExternalRail[] {
  const own = Object.keys(programs).filter((name) => !Object.hasOwn(onPath, name));
  return [
    ...known,
    ...own.map(
      (name): ExternalRail => ({
        id: `${commandPrefix}${name}`,
        looksAt: 'external',
        about: `The command ${name} of this installation finds nothing.`,
        remedy: `Ask whoever runs this installation what ${name} wants.`,
        parameters: { settings: { kind: 'text', about: 'handed to the command as it is', usual: '{}' } },
        warnsByDefault: false,
      }),
    ),
  ];
}

export function programOf(programs: GuardRailPrograms, rail: string): Program | undefined {
  const name = rail.startsWith(commandPrefix) ? rail.slice(commandPrefix.length) : rail;
  return Object.hasOwn(programs, name) ? programs[name] : onPath[name];
}
