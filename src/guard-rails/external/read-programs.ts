import { readFileSync } from 'node:fs';
import { accept, type Refusal, type Result, refuse } from '../../errors/index.ts';
import type { GuardRailPrograms } from './external-rails.ts';

const nameForm = /^[a-z][a-z0-9-]{0,40}$/;

/** Reads a JSON file: by name a list of the program and its first arguments. @refuses a file that is not so */
export function readGuardRailPrograms(file: string): Result<GuardRailPrograms, Refusal<'guard-rail-programs-wrong'>> {
  let data: unknown;
  try {
    data = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    return wrong(file, (error as Error).message);
  }
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return wrong(file, 'it is no object');
  for (const [name, words] of Object.entries(data)) {
    if (!nameForm.test(name)) return wrong(file, `'${name}' is no name: use small letters, digits and hyphens`);
    const isProgram = Array.isArray(words) && words.length > 0 && words.every((word) => typeof word === 'string');
    if (!isProgram) return wrong(file, `'${name}' is no list of a program and its arguments`);
  }
  return accept(data as GuardRailPrograms);
}

function wrong(file: string, why: string) {
  return refuse({
    kind: 'invalid',
    code: 'guard-rail-programs-wrong',
    message: `${file} cannot be read as programs of guard rails: ${why}.`,
    remedy:
      'Write JSON: {"cfn-lint": ["/opt/lint/bin/cfn-lint"], "no-friday": ["/usr/local/bin/no-friday", "--strict"]}.',
  });
}
