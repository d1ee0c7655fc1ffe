import type { TerraformModule, TerraformOutput, TerraformVariable } from '../../bundles/index.ts';
import type { ChangeFinding, Evidence, RuleCode } from '../finding.ts';
import { readTypeConstraint, takesAll } from './type-constraint.ts';

const certain: Evidence = { source: 'rule', certainty: 'certain' };
const undecided: Evidence = { source: 'rule', certainty: 'undecided' };

/** What callers of the old module could fail at in the new one: its variables and outputs. */
export function compareModuleInterfaces(before: TerraformModule, after: TerraformModule): readonly ChangeFinding[] {
  return [...variableFindings(before.variables, after.variables), ...outputFindings(before.outputs, after.outputs)];
}

function say(
  code: RuleCode,
  path: string,
  message: string,
  versionClass: ChangeFinding['versionClass'] = 'breaking',
  evidence: Evidence = certain,
): ChangeFinding {
  return { code, versionClass, verdict: 'no-change', message, evidence, path };
}

function variableFindings(
  before: ReadonlyMap<string, TerraformVariable>,
  after: ReadonlyMap<string, TerraformVariable>,
): ChangeFinding[] {
  const findings: ChangeFinding[] = [];
  for (const [name, variable] of after) {
    const was = before.get(name);
    if (was) findings.push(...variableChanges(name, was, variable));
    else if (variable.hasDefault)
      findings.push(say('I-SCHEMA', name, `the variable ${name}: was added, with a default`, 'compatible'));
    else findings.push(say('I-ADD-REQ', name, `the variable ${name}: was added without a default`));
  }
  const removed = [...before.keys()].filter((name) => !after.has(name));
  return [...findings, ...removed.map((name) => say('I-REMOVE', name, `the variable ${name}: was removed`))];
}

function variableChanges(name: string, was: TerraformVariable, is: TerraformVariable): ChangeFinding[] {
  const findings: ChangeFinding[] = [];
  const add = (...told: Parameters<typeof say>) => findings.push(say(...told));
  if (was.hasDefault && !is.hasDefault) add('I-REQ', name, `the variable ${name}: no longer has a default`);
  if (!was.hasDefault && is.hasDefault) add('I-SCHEMA', name, `the variable ${name}: has a default now`, 'compatible');
  if (was.hasDefault && is.hasDefault && JSON.stringify(was.default) !== JSON.stringify(is.default)) {
    const isSecret = was.isSensitive || is.isSensitive;
    const shown = (variable: TerraformVariable) => (isSecret ? '****' : JSON.stringify(variable.default));
    const message = `the default of the variable ${name} changes for whoever relies on it`;
    findings.push({
      ...say('I-DEFAULT', name, message, 'compatible'),
      before: shown(was),
      after: shown(is),
    });
  }
  if (was.isNullable && !is.isNullable) add('I-TYPE', name, `the variable ${name}: null is no longer taken`);
  if (!was.isNullable && is.isNullable) add('I-SCHEMA', name, `the variable ${name}: null is taken now`, 'compatible');
  findings.push(...typeChanges(name, was.type, is.type), ...validationChanges(name, was, is));
  if (!was.isSensitive && is.isSensitive) {
    add('I-SCHEMA', name, `the variable ${name}: is sensitive now; outputs made of it must be marked`, 'compatible');
  }
  if (was.isSensitive && !is.isSensitive) {
    add('I-SCHEMA', name, `the variable ${name}: is no longer sensitive and will be shown`, 'compatible');
  }
  return findings;
}

function typeChanges(name: string, before = 'any', after = 'any'): ChangeFinding[] {
  const plain = (text: string) => text.replaceAll(/\s+/g, '');
  if (plain(before) === plain(after)) return [];
  const [was, is] = [readTypeConstraint(before), readTypeConstraint(after)];
  if (!was || !is) {
    const message = `the type of the variable ${name} is another, and cannot be compared`;
    return [say('I-TYPE', name, message, 'breaking', undecided)];
  }
  if (takesAll(is, was)) {
    return [say('I-SCHEMA', name, `the type of the variable ${name} takes what it took`, 'compatible')];
  }
  return [say('I-TYPE', name, `the type of the variable ${name} does not take all that it took`)];
}

/** Whether one condition contains another is not decided: what is new counts as tighter. */
function validationChanges(name: string, was: TerraformVariable, is: TerraformVariable): ChangeFinding[] {
  const known = new Set(was.validations);
  const isTighter = is.validations.some((condition) => !known.has(condition));
  if (isTighter) {
    const message = `the variable ${name}: has another validation`;
    return [say('I-BOUND-TIGHT', name, message, 'breaking', undecided)];
  }
  if (is.validations.length < was.validations.length) {
    return [say('I-SCHEMA', name, `the variable ${name}: has fewer validations`, 'compatible')];
  }
  return [];
}

function outputFindings(
  before: ReadonlyMap<string, TerraformOutput>,
  after: ReadonlyMap<string, TerraformOutput>,
): ChangeFinding[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((name): ChangeFinding[] => {
    const [was, is] = [before.get(name), after.get(name)];
    if (!was) return [say('I-OUT-ADD', name, `adds the output ${name}`, 'compatible')];
    if (!is) return [say('I-OUT-REMOVE', name, `removes the output ${name}`)];
    if (!was.isSensitive && is.isSensitive) {
      return [say('I-OUT-TYPE', name, `the output ${name} is sensitive now: who passes it on must mark it`)];
    }
    if (JSON.stringify(was.value) === JSON.stringify(is.value)) return [];
    const message = `the output ${name} is made otherwise`;
    return [say('I-OUT-ADD', name, message, 'compatible', { source: 'rule', certainty: 'likely' })];
  });
}
