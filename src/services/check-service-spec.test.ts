import { describe, expect, test } from 'vitest';
import { readParameterSchema, readServiceSpec } from '../bundles/index.ts';
import { accept } from '../errors/index.ts';
import { checkServiceSpec, type SpecParts } from './check-service-spec.ts';
import type { InstanceEnvironment } from './instance-environment.ts';
import type { ServiceTemplate } from './service-template.ts';

const { schema } = readParameterSchema(
  `schema:
  format: {openapi: "3.0.0"}
  service_input_type: In
  pipeline_input_type: Pipe
  types:
    In: {type: object, required: [port], properties: {port: {type: integer}, size: {type: string, enum: [s, l]}}}
    Pipe: {type: object, required: [stage], properties: {stage: {type: string}}}
`,
  'service',
);
const read = {
  schema,
  version: {
    templateName: 'web',
    major: 1,
    minor: 0,
    compatibleEnvironments: [{ templateName: 'net', majorVersion: 1 }],
  },
} as unknown as ServiceTemplate;
const known: Record<string, InstanceEnvironment> = {
  'north-qa': {
    name: 'north-qa',
    arn: 'arn',
    templateName: 'net',
    deployedVersion: { major: 1, minor: 0 },
    placements: [],
    outputs: {},
    isBeingDeleted: false,
    checkMethod: () => accept(undefined),
  },
};

function check(text: string, parts: SpecParts = {}) {
  return checkServiceSpec(undefined as never, async (_, name) => known[name], read, readServiceSpec(text), parts);
}

/** The places and paths of what is wrong: `4:11 instances[0].name`. */
async function wrong(text: string, parts: SpecParts = {}): Promise<readonly string[]> {
  const checked = await check(text, parts);
  if (checked.ok) return [];
  const lines = checked.refusal.message.split('\n').slice(1);
  return lines.map((line) => /^spec:(\d+:\d+): ([^:]+):/.exec(line)?.slice(1).join(' ') ?? line);
}

const sound = 'proton: ServiceSpec\ninstances:\n  - {name: qa, environment: north-qa, spec: {port: 80}}\n';

test('a spec that fits is given back', async () => {
  expect(await check(sound)).toMatchObject({ ok: true, value: { instances: [{ name: 'qa' }] } });
});

describe('F10: what is malformed and what does not fit is said at once, each with path, line, found and expected', () => {
  const reported = `proton: ServicSpec
pipeline: {}
instances:
  - name: "qa 1"
    environment: nowhere
    spec: {port: "80"}
  - environment: north-qa
  - name: qa1
  - name: qa1
`;
  test('the spec of the report', async () => {
    expect(await wrong(reported)).toEqual([
      '1:9 proton',
      '4:11 instances[0].name',
      '5:18 instances[0].environment',
      '6:18 instances[0].spec.port',
      '7:5 instances[1].name',
      '7:5 instances[1].spec.port',
      '8:5 instances[2].environment',
      '8:5 instances[2].spec.port',
      '9:5 instances[3].environment',
      '9:5 instances[3].name',
      '9:5 instances[3].spec.port',
    ]);
    const checked = await check(reported);
    expect(checked).toMatchObject({ refusal: { kind: 'invalid', code: 'spec-refused', position: { line: 1 } } });
    for (const said of [
      'found the text "ServicSpec", expected ServiceSpec',
      'found the text "qa 1", expected a name',
      'the environment nowhere, which does not exist',
      'found the text "80", expected an integer',
    ])
      expect(checked.ok || checked.refusal.message).toContain(said);
  });

  test.each([
    {
      name: 'several instances that do not fit, though all are well-formed',
      text: 'proton: ServiceSpec\ninstances:\n  - {name: a, environment: no, spec: {port: x}}\n  - {name: b, environment: north-qa, spec: {port: 1, size: m}}\n',
      says: ['3:28 instances[0].environment', '3:45 instances[0].spec.port', '4:60 instances[1].spec.size'],
    },
    {
      name: 'the inputs of the pipeline too',
      text: 'proton: ServiceSpec\npipeline: {stage: 1, sage: x}\ninstances:\n  - {name: a, environment: no, spec: {port: 1}}\n',
      parts: { pipeline: true },
      says: ['2:22 pipeline.sage', '4:28 instances[0].environment'],
    },
    {
      name: 'inputs that are none are said once',
      text: 'proton: ServiceSpec\npipeline: 5\ninstances:\n  - {name: a, environment: no, spec: [1]}\n',
      parts: { pipeline: true },
      says: ['2:11 pipeline', '4:28 instances[0].environment', '4:38 instances[0].spec'],
    },
    {
      name: 'only of the instances that are to be deployed',
      text: `${sound}  - {name: old, environment: gone, spec: {port: x}}\n`,
      parts: { instances: ['qa'] },
      says: [],
    },
    {
      name: 'a text that is no map, alone',
      text: '[]',
      parts: { pipeline: true },
      says: ['1:1 found a list, expected a map that begins with "proton'],
    },
  ])('$name', async ({ text, parts, says }) => {
    expect(await wrong(text, parts)).toEqual(says);
  });

  test.each([
    { text: sound.replace('ServiceSpec', 'Spec'), code: 'spec-malformed', line: 1 },
    { text: sound.replace('north-qa', 'nowhere'), code: 'instance-environment-missing', line: 3 },
    { text: sound.replace('80', 'x'), code: 'inputs-invalid', line: 3 },
  ])('one thing alone keeps its own code, $code, and has its line', async ({ text, code, line }) => {
    expect(await check(text)).toMatchObject({ ok: false, refusal: { code, position: { line } } });
  });
});
