import { join } from 'node:path';
import { type Bundle, readBundleFolder } from '../src/bundles/index.ts';
import { analyseStackChange, compareBundles } from '../src/changes/index.ts';
import { type CorpusFolder, type Outcome, outcomeOf, type Score, scoreOf } from './corpus-folder.ts';
import { bundleSpellings, stackSpellings } from './respell.ts';
import { stacksOfBundle } from './stacks-of-bundle.ts';

/** A bundle that versions can be made of. */
export interface ComparableBundle {
  readonly name: string;
  readonly kind: 'environment' | 'service';
  readonly bundle: Bundle;
}

/** What bundles are to themselves, however they are written: the same. And no pair of them breaks the analysis. */
export async function compareCorpus(
  corpus: CorpusFolder,
  say: (done: string) => void = () => undefined,
): Promise<{ readonly same: Score; readonly pairs: Score }> {
  const bundles: ComparableBundle[] = [];
  const same: Outcome[] = [];
  for (const each of corpus.bundles) {
    if (each.kind === 'component') continue;
    const { kind, path: name } = each;
    const read = await readBundleFolder(join(corpus.root, name));
    if (!read.ok) continue; // told where bundles are validated
    bundles.push({ name, kind, bundle: read.value });
    same.push(...(await itselfOutcomes({ name, kind, bundle: read.value })));
    const planned = await stacksOfBundle(corpus, each).catch(() => undefined);
    for (const stack of planned && 'stacks' in planned ? planned.stacks : []) {
      const text = renderedOf(() => stack.render(new Map()));
      if (text !== undefined) same.push(...(await respelledOutcomes(`${name} ${stack.name}`, text)));
    }
    say(`against itself: ${name}`);
  }
  return { same: scoreOf(same), pairs: scoreOf(await pairOutcomes(bundles, say)) };
}

/** What cannot be rendered is told where stacks are rendered. */
function renderedOf(render: () => string): string | undefined {
  try {
    return render();
  } catch {
    return undefined;
  }
}

/** The bundle against itself, as it is and written otherwise. */
export async function itselfOutcomes({ name, kind, bundle }: ComparableBundle): Promise<readonly Outcome[]> {
  const spellings = { 'as it is': (same: Bundle) => same, ...bundleSpellings };
  return Promise.all(
    Object.entries(spellings).map(([spelling, respell]) =>
      outcomeOf(`${name} against itself, ${spelling}`, () => {
        const { versionClass, requiredBump, parts } = compareBundles(bundle, respell(bundle), kind);
        const [finding] = parts.flatMap(({ version }) => version.findings);
        if (versionClass === 'compatible' && requiredBump === 'patch' && !finding) return undefined;
        return `${versionClass}, ${requiredBump}: ${finding?.code} ${finding?.message}`;
      }),
    ),
  );
}

const pseudo = { region: 'us-east-1', accountId: '111122223333', stackName: 'stack' };

/** A rendered template against the same one written otherwise. */
export async function respelledOutcomes(name: string, template: string): Promise<readonly Outcome[]> {
  return Promise.all(
    Object.entries(stackSpellings).map(([spelling, respell]) =>
      outcomeOf(`${name}, ${spelling}`, () => {
        const [before, after] = [template, respell(template)].map((text) => ({ template: text, secrets: [] }));
        const itself = analyseStackChange({ before, after: before, pseudo });
        if (!itself.known) return undefined; // no template: told where it is deployed
        const said = analyseStackChange({ before, after, pseudo });
        if (!said.known) return said.why;
        const [finding] = said.findings;
        if (said.changeClass === 'none' && said.resources.length === 0) return undefined;
        return `${said.changeClass}: ${finding?.message ?? said.resources.map(({ logicalId }) => logicalId).join(', ')}`;
      }),
    ),
  );
}

/** Every bundle as the next version of every other one of its kind: whatever is said of it, it is said. */
export async function pairOutcomes(
  bundles: readonly ComparableBundle[],
  say: (done: string) => void = () => undefined,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const before of bundles) {
    for (const after of bundles) {
      if (before === after || before.kind !== after.kind) continue;
      outcomes.push(
        await outcomeOf(`${before.name} to ${after.name}`, () => {
          compareBundles(before.bundle, after.bundle, before.kind);
          return undefined;
        }),
      );
    }
    say(`with every other one: ${before.name}`);
  }
  return outcomes;
}
