import { checkBundle, isAcceptable, readBundleFolder } from '../bundles/index.ts';
import { placeOf } from '../errors/index.ts';
import type { CheckFlags } from './command-line.ts';
import { printRefusal, usedWronglyExitCode } from './print-refusal.ts';

/** Exit codes: 0 nothing found that refuses the bundle, 1 errors, 2 the folder cannot be read. */
export async function checkCommand(folder: string, { kind, customerManaged, json }: CheckFlags): Promise<void> {
  const bundle = await readBundleFolder(folder);
  if (!bundle.ok) return printRefusal(bundle.refusal, { json }, usedWronglyExitCode);
  const checked = await checkBundle(bundle.value, { kind, customerManaged });
  const { findings } = checked;
  if (json) console.log(JSON.stringify({ digest: bundle.value.digest, findings }, null, 2));
  else {
    for (const { severity, rule, position, message, remedy } of findings) {
      console.log(`${placeOf(position)}: ${severity} ${rule}: ${message}\n    ${remedy}`);
    }
    const errors = findings.filter(({ severity }) => severity === 'error').length;
    console.log(`${bundle.value.files.size} files, ${errors} errors, ${findings.length - errors} warnings.`);
  }
  process.exitCode = isAcceptable(checked) ? 0 : 1;
}
