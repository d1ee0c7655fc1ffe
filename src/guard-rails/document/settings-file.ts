import { accept, type Refusal, type Result } from '../../errors/index.ts';
import { readScope } from '../../governance/index.ts';
import type { Rail } from '../guard-rail.ts';
import { readParameters } from '../parameter-rule.ts';
import type { RailSetting } from '../rail-setting.ts';
import { readGuardRailDocument } from './read-document.ts';

/** The settings of a file, for who has no server. @refuses as readGuardRailDocument */
export function readSettingsFile(
  text: string,
  file: string,
  rails: readonly Rail[],
): Result<readonly RailSetting[], Refusal> {
  const read = readGuardRailDocument(text, file, rails);
  if (!read.ok) return read;
  return accept(
    read.value.flatMap(({ scope: written, rail, effect, strict, parameters: given }): RailSetting[] => {
      const scope = readScope(written);
      const parameters = readParameters(rail, rails.find(({ id }) => id === rail)?.parameters ?? {}, given);
      return scope ? [{ scope, rail, effect, strict, parameters: parameters.ok ? parameters.value : {} }] : [];
    }),
  );
}
