import type { TerraformModule } from '../../bundles/index.ts';
import { versionStep } from '../engine-version.ts';
import type { ChangeFinding } from '../finding.ts';

/** Another version of a provider writes the state anew, and an older one cannot read that. */
export function providerFindings(before: TerraformModule, after: TerraformModule): readonly ChangeFinding[] {
  return [...after.providers.keys(), ...after.locked.keys()]
    .filter((source, index, all) => all.indexOf(source) === index)
    .flatMap((source): ChangeFinding[] => {
      const [was, is] = [versionOf(before, source), versionOf(after, source)];
      if (was === undefined || is === undefined || was === is) return [];
      const step = versionStep('provider', numbers(was), numbers(is));
      const isGrave = step === 'major' || step === 'lower';
      const told = {
        same: 'may be another',
        minor: 'is a newer one',
        major: 'is another major version',
        lower: 'is an older one, which may not read the state',
        unknown: 'may be another',
      }[step];
      return [
        {
          code: 'R-PROVIDER',
          versionClass: isGrave ? 'breaking' : 'compatible',
          verdict: 'no-change',
          message: `the provider ${source} ${told}: ${was} to ${is}`,
          evidence: { source: 'rule', certainty: step === 'unknown' || step === 'same' ? 'undecided' : 'certain' },
          flags: step === 'major' ? ['irreversible'] : [],
          path: source,
          before: was,
          after: is,
        },
      ];
    });
}

/** The lock file says it exactly; without one, the constraint does roughly. */
function versionOf({ locked, providers }: TerraformModule, source: string): string | undefined {
  return locked.get(source) ?? providers.get(source);
}

/** The version that a constraint begins with: `~> 5.0` is 5.0. */
function numbers(version: string): string {
  return /\d[\d.]*/.exec(version)?.[0] ?? version;
}
