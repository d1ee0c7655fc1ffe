import { ok } from 'node:assert/strict';
import fc from 'fast-check';
import { describeYaml, parseYaml, usualYamlLimits, yamlAsWritten, yamlData } from '../../src/yaml-source/index.ts';
import { environmentSpecs, exampleFiles, serviceSpecs } from '../example-texts.ts';
import { surface } from '../surface.ts';
import { editedOnce, editedText } from '../text-edits.ts';
import { treeOfYaml, yamlText } from '../tree.ts';
import { editedTree } from '../tree-edits.ts';
import { expectRefusal } from '../well-formed.ts';
import { yamlWords } from '../words.ts';

const texts = [
  ...exampleFiles('schema.yaml'),
  ...exampleFiles('manifest.yaml'),
  ...environmentSpecs,
  ...serviceSpecs,
  'a: &x {k: v}\nb: {<<: *x, l: [*x, *x]}\nc:\n  <<: [*x, {m: |\n    text\n  }]\n',
  '%YAML 1.1\n---\n? key\n: - >-\n    folded\n  - "e\\u0301"\n...\n',
  ['a0: &a0 [x, y]', ...Array.from({ length: 5 }, (_, n) => `a${n + 1}: &a${n + 1} [${`*a${n}, `.repeat(6)}x]`)].join(
    '\n',
  ),
];

/** Few enough nodes that a bomb is told before it has grown. */
const limits = { ...usualYamlLimits, nodes: 20_000 };

export const yamlSurface = surface({
  name: 'yaml',
  share: 1_500,
  async open() {
    return {
      inputs: fc.oneof(
        { weight: 3, arbitrary: editedText(texts, yamlWords) },
        {
          weight: 1,
          arbitrary: editedOnce(
            editedTree(texts.map(treeOfYaml)).map((tree) => yamlText(tree)),
            yamlWords,
          ),
        },
      ),
      tryInput(text) {
        const parsed = parseYaml(text, 'a.yaml', limits);
        if (!parsed.ok) return expectRefusal(parsed.refusal, () => text);
        yamlData(parsed.value);
        yamlAsWritten(parsed.value);
        ok(describeYaml(parsed.value) !== '');
        return 'taken';
      },
      stillServes() {
        for (const text of texts.slice(0, 3)) ok(parseYaml(text, 'a.yaml').ok);
      },
    };
  },
});
