import { ok } from 'node:assert/strict';
import fc from 'fast-check';
import { inputSchema, readParameterSchema, resolveInputs, schemaIncompatibilities } from '../../src/bundles/index.ts';
import { synthesiseInputs } from '../../src/bundles/synthesise-inputs.ts';
import { parseYaml } from '../../src/yaml-source/index.ts';
import { exampleBundles, exampleFiles, exampleSchema } from '../example-texts.ts';
import { surface } from '../surface.ts';
import { editedOnce, editedText } from '../text-edits.ts';
import { jsonText, treeOfYaml, yamlText } from '../tree.ts';
import { editedTree } from '../tree-edits.ts';
import { expectFinding, expectRefusal } from '../well-formed.ts';
import { schemaWords } from '../words.ts';

const rich = `schema:
  format: {openapi: "3.0.0"}
  service_input_type: Input
  pipeline_input_type: Pipe
  types:
    Pipe: {type: object, properties: {branch: {type: string, default: main}}}
    Port: {type: integer, minimum: 1, maximum: 65535, exclusiveMaximum: true}
    Input:
      type: object
      required: [name]
      properties:
        name: {type: string, pattern: "^[a-z]+$", minLength: 1, maxLength: 20, secret: true}
        port: {$ref: "#/types/Port"}
        tags: {type: array, uniqueItems: true, minItems: 1, items: {type: object, additionalProperties: {type: string}}}
        share: {type: number, multipleOf: 0.1, nullable: true, default: 0.5}
        either: {anyOf: [{type: string, enum: [a, b]}, {allOf: [{$ref: "#/types/Port"}, {not: {enum: [80]}}]}]}
        one: {oneOf: [{type: boolean}, {type: array, items: {type: string}}]}
`;
const texts = [...exampleFiles('schema.yaml'), rich];
const trees = texts.map(treeOfYaml);
const start = { file: 'spec', line: 1, column: 1 };
const givenTexts = [
  '',
  'name: x\nport: 80\nshare: .inf\ntags: [{a: b}]',
  'attempts: 1e3\nname: {}',
  '[]',
  '__proto__: 1',
];
const given = givenTexts.map((text) => {
  const parsed = parseYaml(text, 'spec');
  return parsed.ok ? parsed.value : undefined;
});

export const schemaSurface = surface({
  name: 'schema',
  share: 1_000,
  async open() {
    const earlier = exampleBundles.map(exampleSchema);
    return {
      inputs: fc.oneof(
        editedText(texts, schemaWords),
        editedTree(trees, schemaWords).map((tree) => yamlText(tree)),
        editedOnce(editedTree(trees, schemaWords).map(jsonText), schemaWords),
      ),
      tryInput(text) {
        let answer = 'bundle-kind';
        for (const kind of ['environment', 'service'] as const) {
          const { findings, schema } = readParameterSchema(text, kind);
          for (const finding of findings) expectFinding(finding, () => text);
          // of one kind the schema cannot be
          const rule = findings[0]?.rule ?? 'taken';
          if (rule !== 'bundle-kind' && answer !== 'taken') answer = rule;
          if (!schema) {
            ok(
              findings.some(({ severity }) => severity === 'error'),
              'no schema, and no reason',
            );
            continue;
          }
          for (const key of ['environment_input_type', 'service_input_type', 'pipeline_input_type'] as const) {
            const inputs = inputSchema(schema, key);
            synthesiseInputs(inputs);
            for (const values of given) {
              const resolved = resolveInputs(inputs, values, start);
              if (!resolved.ok) expectRefusal(resolved.refusal);
            }
          }
          for (const other of earlier) {
            for (const { message } of [
              ...schemaIncompatibilities(other, schema),
              ...schemaIncompatibilities(schema, other),
            ]) {
              ok(message !== '');
            }
          }
        }
        return answer;
      },
      stillServes() {
        for (const { kind, files } of exampleBundles) {
          ok(readParameterSchema(files['schema/schema.yaml'] ?? '', kind).schema);
        }
      },
    };
  },
});
