import { ok } from 'node:assert/strict';
import fc from 'fast-check';
import {
  inputSchema,
  parseEnvironmentSpec,
  parseServiceSpec,
  resolveInputs,
  type ServiceSpec,
  substituteCurrentValues,
  withoutInstance,
  withPartOf,
} from '../../src/bundles/index.ts';
import { environmentSpecs, exampleBundles, exampleSchema, serviceSpecs } from '../example-texts.ts';
import { surface } from '../surface.ts';
import { editedOnce, editedText } from '../text-edits.ts';
import { treeOfYaml, yamlText } from '../tree.ts';
import { editedTree } from '../tree-edits.ts';
import { expectRefusal } from '../well-formed.ts';
import { specWords } from '../words.ts';

const current = serviceSpecs.join('\n').includes('pipeline')
  ? (serviceSpecs.find((text) => text.includes('pipeline')) ?? '')
  : '';
const texts = [
  ...environmentSpecs,
  ...serviceSpecs,
  current.replace('"npm test"', '${Proton::CURRENT_VAL}').replace('port: 8080', 'port: "${Proton::CURRENT_VAL}"'),
];

export const specSurface = surface({
  name: 'spec',
  share: 1_000,
  async open() {
    const schemas = exampleBundles.map(exampleSchema);
    return {
      inputs: fc.oneof(
        editedText(texts, specWords),
        editedOnce(
          editedTree(texts.map(treeOfYaml), specWords).map((tree) => yamlText(tree)),
          specWords,
        ),
      ),
      tryInput(text) {
        const textOf = () => text;
        const environment = parseEnvironmentSpec(text);
        if (!environment.ok) expectRefusal(environment.refusal, textOf);
        const substituted = substituteCurrentValues(text, current);
        if (!substituted.ok) expectRefusal(substituted.refusal, textOf);
        const service = parseServiceSpec(text);
        if (!service.ok) expectRefusal(service.refusal, textOf);
        for (const schema of schemas) {
          if (environment.ok) {
            const { inputs, position } = environment.value;
            const resolved = resolveInputs(inputSchema(schema, 'environment_input_type'), inputs, position);
            if (!resolved.ok) expectRefusal(resolved.refusal, textOf);
          }
          for (const { inputs, position } of service.ok ? service.value.instances : []) {
            const resolved = resolveInputs(inputSchema(schema, 'service_input_type'), inputs, position);
            if (!resolved.ok) expectRefusal(resolved.refusal, textOf);
          }
        }
        if (service.ok) tryEdits(text, service.value);
        return environment.ok || service.ok ? 'taken' : service.refusal.code;
      },
      stillServes() {
        ok(environmentSpecs.every((text) => parseEnvironmentSpec(text).ok));
        ok(serviceSpecs.every((text) => parseServiceSpec(text).ok));
      },
    };
  },
});

/** What is stored of a spec is a spec again. */
function tryEdits(text: string, { instances }: ServiceSpec): void {
  for (const { name } of instances.slice(0, 2)) {
    const left = withoutInstance(text, name);
    const read = parseServiceSpec(left);
    ok(read.ok, `without ${name} the spec is none: ${read.ok || read.refusal.message}`);
    ok(
      read.value.instances.every((each) => each.name !== name),
      `${name} is still there`,
    );
    const merged = parseServiceSpec(withPartOf(current, text, { instance: name }));
    ok(merged.ok, `with ${name} the spec is none: ${merged.ok || merged.refusal.message}`);
    ok(
      merged.value.instances.some((each) => each.name === name),
      `${name} is not there`,
    );
  }
}
