import { ok } from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import type { BundleKind, Finding } from '../../src/bundles/index.ts';
import { checkCommand } from '../../src/cli/index.ts';
import { type ExampleBundle, exampleBundles } from '../example-texts.ts';
import { oddTexts } from '../odd-values.ts';
import { surface } from '../surface.ts';
import { editedText } from '../text-edits.ts';
import { expectFinding } from '../well-formed.ts';
import { jinjaWords, manifestWords, schemaWords } from '../words.ts';

interface Folder {
  readonly kind: BundleKind;
  readonly customerManaged: boolean;
  readonly files: Readonly<Record<string, string>>;
}

const words = [...schemaWords, ...manifestWords, ...jinjaWords];

/** A folder of an example in which a file is changed, gone, or called otherwise. */
const folders = fc.constantFrom(...exampleBundles).chain((example) =>
  fc.record({
    kind: fc.oneof(
      { weight: 4, arbitrary: fc.constant(example.kind) },
      { weight: 1, arbitrary: fc.constantFrom<BundleKind>('environment', 'service', 'component') },
    ),
    customerManaged: fc.boolean(),
    files: changedFiles(example),
  }),
);

function changedFiles({ files }: ExampleBundle): fc.Arbitrary<Record<string, string>> {
  const paths = Object.keys(files);
  const changes = fc.constantFrom(...paths).chain((path) =>
    fc.oneof(
      { weight: 4, arbitrary: editedText([files[path] ?? ''], words).map((text) => [path, path, text] as const) },
      { weight: 1, arbitrary: fc.constant([path, undefined, ''] as const) },
      {
        weight: 1,
        arbitrary: fc
          .constantFrom('schema/schema.yml', 'x', 'pipeline/manifest.yaml', ...oddTexts.filter(isName))
          .map((name) => [path, name, files[path] ?? ''] as const),
      },
    ),
  );
  return fc.array(changes, { minLength: 1, maxLength: 3 }).map((all) => {
    const changed = new Map(Object.entries(files));
    for (const [path, name, text] of all) {
      changed.delete(path);
      if (name !== undefined) changed.set(name, text);
    }
    return Object.fromEntries(changed);
  });
}

/** What a disk can hold beside the rest. */
function isName(text: string): boolean {
  return /^[^/\u0000]{1,60}$/.test(text) && text.isWellFormed() && text !== '.' && text !== '..';
}

export const checkSurface = surface<Folder>({
  name: 'check',
  share: 300,
  async open() {
    const root = mkdtempSync(join(tmpdir(), 'deuteron-fuzz-'));
    let count = 0;
    const check = async ({ kind, customerManaged, files }: Folder) => {
      const folder = join(root, `${count++}`);
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(folder, path)), { recursive: true });
        writeFileSync(join(folder, path), text);
      }
      mkdirSync(folder, { recursive: true });
      const ended = await spoken(() => checkCommand(folder, { kind, customerManaged, json: true }));
      rmSync(folder, { recursive: true });
      return ended;
    };
    return {
      inputs: folders,
      async tryInput(folder) {
        const { exitCode, out, err } = await check(folder);
        if (exitCode === 2) {
          ok(err.trim() !== '', 'the folder is not read, without a word');
          return 'folder';
        }
        const { digest, findings } = JSON.parse(out) as { digest: string; findings: Finding[] };
        ok(/^sha256:[0-9a-f]{64}$/.test(digest));
        ok((exitCode === 1) === findings.some(({ severity }) => severity === 'error'), `exit code ${exitCode}`);
        const textOf = (file: string) => {
          const text = Object.hasOwn(folder.files, file) ? folder.files[file] : undefined;
          return text?.toWellFormed();
        };
        for (const finding of findings) expectFinding(finding, textOf);
        return findings[0]?.rule ?? 'taken';
      },
      async stillServes() {
        for (const { kind, files } of exampleBundles) {
          ok((await check({ kind, customerManaged: false, files })).exitCode === 0, 'an example is refused');
        }
      },
      close: async () => rmSync(root, { recursive: true, force: true }),
    };
  },
});

/** What a command says and ends with, when it is run in this process. */
async function spoken(command: () => Promise<void>): Promise<{ exitCode: unknown; out: string; err: string }> {
  const { log, error } = console;
  const exitCodeBefore = process.exitCode;
  const said = { out: '', err: '' };
  console.log = (text: string) => {
    said.out += `${text}\n`;
  };
  console.error = (text: string) => {
    said.err += `${text}\n`;
  };
  try {
    await command();
    return { exitCode: process.exitCode ?? 0, ...said };
  } finally {
    console.log = log;
    console.error = error;
    process.exitCode = exitCodeBefore;
  }
}
