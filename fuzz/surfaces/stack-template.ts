import { ok } from 'node:assert/strict';
import fc from 'fast-check';
import {
  certainRefusal,
  checkStackTemplate,
  checkTemplateProperties,
  creationOrder,
  dynamicReferencesIn,
  evaluatedDependencies,
  evaluateTemplate,
  expandTransforms,
  forbiddenSecureReferences,
  limitUses,
  normaliseProperties,
  parseStackTemplate,
  requiredCapabilities,
  resolveParameters,
  type StackRefusal,
  validateProperties,
  writtenDependencies,
} from '../../src/cloudformation/index.ts';
import { stackTemplates } from '../stack-templates.ts';
import { surface } from '../surface.ts';
import { editedOnce, editedText } from '../text-edits.ts';
import { jsonText, treeOfYaml, yamlText } from '../tree.ts';
import { editedTree } from '../tree-edits.ts';
import { expectRefusal } from '../well-formed.ts';
import { stackWords } from '../words.ts';

const file = 'stack.yaml';
const pseudo = { region: 'eu-central-1', accountId: '111122223333', stackName: 'stack' };

export const stackTemplateSurface = surface({
  name: 'stack-template',
  share: 1_000,
  async open() {
    const texts = stackTemplates();
    const trees = texts.map(treeOfYaml);
    return {
      inputs: fc.oneof(
        editedText(texts, stackWords),
        editedTree(trees, stackWords).map((tree) => yamlText(tree)),
        editedOnce(editedTree(trees, stackWords).map(jsonText), stackWords),
      ),
      tryInput(text) {
        const expectRefused = (refusal: StackRefusal) => expectRefusal(refusal, () => text);
        const certain = certainRefusal(text, { file, parameters: { Size: 'small' }, pseudo });
        if (certain) expectRefused(certain);
        const parsed = parseStackTemplate(text, file);
        if (!parsed.ok) return expectRefused(parsed.refusal);
        limitUses(parsed.value);
        const expanded = expandTransforms(parsed.value);
        if (!expanded.ok) return expectRefused(expanded.refusal);
        const template = expanded.value;
        for (const problem of [...checkStackTemplate(template), ...checkTemplateProperties(template)]) {
          expectRefused(problem);
        }
        requiredCapabilities(template);
        creationOrder(writtenDependencies(template));
        const parameters = resolveParameters(template, { Size: 'small' });
        if (!parameters.ok) expectRefused(parameters.refusal);
        const evaluated = evaluateTemplate(template, {
          parameters: parameters.ok ? parameters.value : new Map(),
          pseudo,
        });
        if (!evaluated.ok) return expectRefused(evaluated.refusal);
        creationOrder(evaluatedDependencies(evaluated.value));
        for (const { type, properties } of evaluated.value.resources.values()) {
          for (const { message } of validateProperties(type, properties)) ok(message !== '');
          normaliseProperties(type, properties);
          forbiddenSecureReferences(type, properties);
          dynamicReferencesIn(JSON.stringify(properties));
        }
        return 'taken';
      },
      stillServes() {
        for (const text of texts) {
          const parsed = parseStackTemplate(text, file);
          ok(parsed.ok, `an example is not read any more: ${parsed.ok || parsed.refusal.message}`);
        }
      },
    };
  },
});
