import { describe, expect, test } from 'vitest';
import { checkBundle, type Finding, isAcceptable, makeBundle } from './index.ts';

const manifest =
  'infrastructure:\n  templates:\n    - {file: "cloudformation.yaml", rendering_engine: jinja, template_language: cloudformation}\n';
const environmentSchema =
  'schema:\n  format: {openapi: "3.0.0"}\n  environment_input_type: "In"\n  types:\n    In:\n      type: object\n      properties:\n        cidr: {type: string, default: 10.0.0.0/16}\n        size: {type: integer}\n';

function bundle(files: Readonly<Record<string, string>>) {
  return makeBundle(new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)])));
}
const stack = 'Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n';
function environment(template: string, extra: Readonly<Record<string, string>> = {}) {
  return bundle({
    'schema/schema.yaml': environmentSchema,
    'infrastructure/manifest.yaml': manifest,
    'infrastructure/cloudformation.yaml': template,
    ...extra,
  });
}
const shown = ({ severity, rule, position }: Finding) =>
  `${severity} ${rule} ${position.file}:${position.line}:${position.column}`;

test('a sound bundle has no finding', async () => {
  const checked = await checkBundle(
    environment(`${stack}Description: "{{ environment.inputs.cidr }} {{ environment.name }}"\n`),
    {
      kind: 'environment',
    },
  );
  expect(checked.findings).toEqual([]);
  expect(checked.parts).toEqual({ environment: { method: 'cloudformation', file: 'cloudformation.yaml' } });
});

describe('what is found, and where', () => {
  const cases = [
    {
      name: 'F7: an input that the schema does not have',
      template: 'A: b\nB: {{ environment.inputs.sise }}',
      finds: [
        'error input-undeclared infrastructure/cloudformation.yaml:2:7',
        'error render-fails infrastructure/cloudformation.yaml:2:7',
      ],
    },
    {
      name: 'F7: a misspelt namespace',
      template: 'C: {{ enviroment.name }}',
      finds: [
        'error name-unknown infrastructure/cloudformation.yaml:1:7',
        'error render-fails infrastructure/cloudformation.yaml:1:7',
      ],
    },
    {
      name: 'F7: an input that is guarded, or has a default',
      template: `${stack}Description: {{ environment.inputs.extra | default("none") }}\n{% if environment.inputs.other is defined %}{{ environment.inputs.other }}{% endif %}`,
      finds: [],
    },
    {
      name: 'a broken template',
      template: '{% if x %}',
      finds: ['error template-syntax infrastructure/cloudformation.yaml:1:11'],
    },
    {
      name: 'a name of another part',
      template: '{{ service_instance.name }}',
      finds: [
        'error namespace-preview infrastructure/cloudformation.yaml:1:4',
        'error render-fails infrastructure/cloudformation.yaml:1:4',
      ],
    },
    {
      name: 'YAML that breaks when rendered: by the template itself',
      template: `${stack}Description: [{{ environment.inputs.cidr }}\n`,
      finds: ['error rendered-template infrastructure/cloudformation.yaml:4:18'],
    },
    {
      name: 'YAML that breaks when rendered: by a made-up value, so as a warning',
      template: `${stack}    {{ environment.inputs.size }}\n`,
      finds: ['warning rendered-template infrastructure/cloudformation.yaml:4:8'],
    },
    {
      name: 'F5: duplicate keys',
      template: `${stack}    DeletionPolicy: Delete\n    DeletionPolicy: Retain\n`,
      finds: ['error rendered-template infrastructure/cloudformation.yaml:5:5'],
    },
    {
      name: 'F5: a merge key',
      template: `${stack}    Metadata:\n      <<: {Retain: true}\n`,
      finds: ['error rendered-template infrastructure/cloudformation.yaml:5:7'],
    },
    {
      name: 'F7: an empty property, by an indentation slip',
      template: `${stack}    Properties:\n    Metadata: {a: b}\n`,
      finds: ['error rendered-template infrastructure/cloudformation.yaml:4:15'],
    },
  ];
  test.each(cases)('$name', async ({ template, finds }) => {
    const checked = await checkBundle(environment(template), { kind: 'environment' });
    expect(checked.findings.map(shown)).toEqual(finds);
    for (const { message, remedy } of checked.findings)
      expect([message, remedy].every((text) => text.length > 10)).toBe(true);
  });

  test.each([
    { path: 'schema/schema.yaml', text: `${environmentSchema}---\nschema: {}\n`, line: 10 },
    { path: 'infrastructure/manifest.yaml', text: `${manifest}---\n${manifest}`, line: 4 },
  ])('a second YAML document in $path', async ({ path, text, line }) => {
    const { findings } = await checkBundle(environment(stack, { [path]: text }), { kind: 'environment' });
    const found = findings.find(({ rule }) => rule === 'yaml-syntax');
    expect(found).toMatchObject({ severity: 'error', position: { file: path, line } });
    expect(found?.message).toContain('the second begins here');
  });

  test('a second YAML document in what a template renders to', async () => {
    const { findings } = await checkBundle(environment(`${stack}---\n${stack}`), { kind: 'environment' });
    expect(findings.map(shown)).toEqual(['error rendered-template infrastructure/cloudformation.yaml:4:1']);
  });

  test('F1: the kind that a bundle is of, when it is sent as the other', async () => {
    const { findings } = await checkBundle(environment('A: b'), { kind: 'service' });
    const [kind] = findings.filter(({ rule }) => rule === 'bundle-kind');
    expect(kind?.message).toContain('found environment_input_type');
    expect(kind?.position.file).toBe('schema/schema.yaml');
  });

  test.each([
    {
      name: 'where lines of the template stand often',
      template:
        'Resources:\n{% for n in range(20) %}\n  T{{ n }}: {Type: AWS::SNS::Topic}\n{% endfor %}\n  Box:\n    Type: AWS::S3::Bucket\n    DeletionPolicy: Delete\n    DeletionPolicy: Retain\n',
      at: 8,
      first: 7,
    },
    {
      name: 'that a loop repeats',
      template: 'Resources:\n{% for n in range(2) %}\n  T: {Type: AWS::SNS::Topic}\n{% endfor %}\n',
      at: 3,
      first: 3,
    },
  ])("F5: a repeated key is told with both of the template's own lines, $name", async ({ template, at, first }) => {
    const { findings } = await checkBundle(environment(template), { kind: 'environment' });
    expect(findings).toMatchObject([{ rule: 'rendered-template', severity: 'error', position: { line: at } }]);
    expect(findings[0]?.message).toContain(`The first comes from infrastructure/cloudformation.yaml:${first}:`);
  });

  test.each([
    { name: 'with << once', metadata: '<<: *common' },
    { name: 'with << twice', metadata: '<<: *common\n      <<: *more' },
    { name: 'with a list after <<', metadata: '<<: [*common, *more]' },
    { name: 'with an alias', metadata: 'all: *common' },
  ])('F5: an infrastructure file $name is refused, so that none is ever deployed', async ({ metadata }) => {
    const template = `Metadata:\n  Common: &common {Retain: "true"}\n  More: &more {Size: 3}\nResources:\n  Box:\n    Type: AWS::S3::Bucket\n    Metadata:\n      ${metadata}\n`;
    const { findings } = await checkBundle(environment(template), { kind: 'environment' });
    expect(findings).toMatchObject([{ rule: 'rendered-template', severity: 'error', position: { line: 8 } }]);
    expect(findings[0]?.message).toMatch(/merge keys \(<<\)|aliases/);
    expect(findings[0]?.remedy).toContain('Write the');
  });

  test.each([
    {
      name: 'a constructor chain',
      line: "A: \"{{ ''.constructor.constructor('return process')().env }}\"",
      says: 'constructor',
    },
    { name: 'a class chain', line: 'B: "{{ \'\'.__class__.__mro__ }}"', says: '__class__' },
    {
      name: 'a range of a thousand million',
      line: 'C: "{% for i in range(999999999) %}x{% endfor %}"',
      says: 'Range too big',
    },
    {
      name: 'a macro without end',
      line: 'D: "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}"',
      says: 'nested more than',
    },
    { name: 'a file of the host', line: 'E: "{% include \'/etc/passwd\' %}"', says: 'its own bundle' },
  ])('F8: $name is refused at its line, and the next bundle is checked', async ({ line, says }) => {
    const { findings } = await checkBundle(environment(`${stack}    Metadata:\n      ${line}\n`), {
      kind: 'environment',
    });
    expect(findings).toMatchObject([{ rule: 'render-fails', severity: 'error', position: { line: 5 } }]);
    expect(findings[0]?.message).toContain(says);
    expect((await checkBundle(environment(stack), { kind: 'environment' })).findings).toEqual([]);
  });

  describe('F3: a schema with aliases counts by what it expands to', () => {
    const withSchema = (schema: string) =>
      checkBundle(environment(stack, { 'schema/schema.yaml': schema }), { kind: 'environment' });
    const level = (n: number) =>
      `n${n}: &s${n} [${Array(7)
        .fill(`*s${n - 1}`)
        .join(', ')}]`;
    const bomb = ['seed: &s0 {leaf: x, twig: x, bud: x}', ...[1, 2, 3, 4, 5, 6, 7, 8].map(level)].join('\n');

    test('17 million values from 500 bytes are refused, with the limit, and never made', async () => {
      const before = process.memoryUsage().rss;
      const { findings } = await withSchema(`${bomb}\n`);
      expect(findings).toMatchObject([
        { rule: 'yaml-limit', severity: 'error', position: { file: 'schema/schema.yaml' } },
      ]);
      expect(findings[0]?.message).toContain('more than 100000 values');
      expect(process.memoryUsage().rss - before).toBeLessThan(200 * 1024 * 1024);
    });

    test('200 aliases to one small map are accepted', async () => {
      const inputs = Array.from({ length: 200 }, (_, n) => `        t${n}: *tag`).join('\n');
      const { findings } = await withSchema(`tag: &tag {type: string}\n${environmentSchema}${inputs}\n`);
      expect(findings).toEqual([]);
    });
  });

  test('everything at once', async () => {
    const files = {
      'schema/schema.yaml': 'schema: {types: {}}',
      'infrastructure/manifest.yaml': 'infrastructure: {templates: [{engine: jinja, file: nothing.yaml}]}',
    };
    const { findings } = await checkBundle(bundle(files), { kind: 'environment' });
    expect(findings.map(({ rule }) => rule)).toEqual([
      'schema-format',
      'schema-key-missing',
      'manifest-preview-key',
      'template-missing',
    ]);
    expect(isAcceptable({ findings, parts: {} })).toBe(false);
  });
});

describe('F9: kinds of inputs that a schema may declare', () => {
  const withProperties = (properties: string) =>
    bundle({
      'schema/schema.yaml': `schema:\n  format: {openapi: "3.0.0"}\n  environment_input_type: "In"\n  types:\n    In: {type: object, properties: ${properties}}\n    Port: {type: object, properties: {port: {type: integer}}}\n`,
      'infrastructure/manifest.yaml': manifest,
      'infrastructure/cloudformation.yaml': stack,
    });
  test.each([
    {
      name: 'lists, objects, enums, null',
      properties:
        '{zones: {type: array, minItems: 2, items: {type: string}}, rules: {type: array, items: {type: object, properties: {port: {type: integer, minimum: 1}}}}, tier: {type: string, enum: [small, large], default: small}, note: {type: string, nullable: true}}',
      rules: [],
    },
    { name: 'a reference to a type', properties: '{first: {$ref: "#/schema/types/Port"}}', rules: [] },
    { name: 'a keyword of another dialect', properties: '{a: {type: string, const: x}}', rules: ['schema-construct'] },
    {
      name: 'a reference to elsewhere',
      properties: '{a: {$ref: "https://example.com/schema"}}',
      rules: ['schema-reference'],
    },
    {
      name: 'a default of another type',
      properties: '{a: {type: boolean, default: public}}',
      rules: ['schema-default-type'],
    },
    { name: 'a pattern that is none', properties: '{a: {type: string, pattern: "(a"}}', rules: ['schema-pattern'] },
    {
      name: 'a misspelt keyword, as a warning',
      properties: '{a: {type: integer, minimun: 1}}',
      rules: ['schema-keyword-unknown'],
    },
    {
      name: 'a default that breaks another rule, as a warning',
      properties: '{a: {type: integer, default: 0, minimum: 1}}',
      rules: ['schema-default-value'],
    },
    {
      name: 'a required input that is not there, as a warning',
      properties: '{a: {type: object, required: [port], properties: {prot: {type: integer}}}}',
      rules: ['schema-required-unknown'],
    },
    {
      name: 'several types at once, tuples, patterns of names, types that are none',
      properties:
        '{a: {type: [string, integer]}, b: {type: array, items: [{type: string}]}, c: {type: object, patternProperties: {x: {type: string}}}, d: {type: file}}',
      rules: ['schema-construct', 'schema-construct', 'schema-construct', 'schema-construct'],
    },
    { name: 'a name that is too long', properties: `{${'a'.repeat(101)}: {type: string}}`, rules: ['schema-name'] },
  ])('$name', async ({ properties, rules }) => {
    const { findings } = await checkBundle(withProperties(properties), { kind: 'environment' });
    expect(findings.map(({ rule }) => rule)).toEqual(rules);
  });

  test('what is not supported is told with its path', async () => {
    const deep = '{rules: {type: array, items: {type: object, properties: {port: {type: tuple}}}}}';
    const { findings } = await checkBundle(withProperties(deep), { kind: 'environment' });
    expect(findings[0]?.message).toContain('types.In.rules[].port.type is "tuple"');
  });
});

test('references that multiply are refused, not written out', async () => {
  const types = Array.from(
    { length: 8 },
    (_, n) =>
      `    T${n}: {type: object, properties: {${Array.from({ length: 10 }, (_, m) => `p${m}: {$ref: "#/types/T${n + 1}"}`).join(', ')}}}`,
  );
  const schema = `schema:\n  format: {openapi: "3.0.0"}\n  environment_input_type: "T0"\n  types:\n${types.join('\n')}\n    T8: {type: object, properties: {}}\n`;
  const files = {
    'schema/schema.yaml': schema,
    'infrastructure/manifest.yaml': manifest,
    'infrastructure/cloudformation.yaml': stack,
  };
  const { findings } = await checkBundle(bundle(files), { kind: 'environment' });
  expect(findings.map(({ rule }) => rule)).toEqual(['schema-construct']);
  expect(findings[0]?.message).toContain('more than 10000 schema objects');
});

describe('CodeBuild manifests', () => {
  const settings = (text: string) =>
    bundle({
      'schema/schema.yaml': environmentSchema,
      'infrastructure/manifest.yaml': `infrastructure:\n  templates:\n    - rendering_engine: codebuild\n      settings:\n        image: aws/codebuild/standard:7.0\n${text}`,
    });
  test.each([
    {
      name: 'a sound one',
      text: '        runtimes: {nodejs: 20}\n        provision: ["make up CIDR={{ environment.inputs.cidr }}"]\n        deprovision: [make down]\n',
      finds: [],
    },
    {
      name: 'F14: an unknown input in a command (roadmap issue 81)',
      text: '        provision:\n          - make up\n          - make {{ environment.inputs.cidrs }}\n        deprovision: [make down]\n',
      finds: ['error input-undeclared infrastructure/manifest.yaml:8:13'],
    },
    {
      name: 'a broken template in a property of the project',
      text: '        provision: [a]\n        deprovision: [b]\n        project_properties:\n          TimeoutInMinutes: "{{ 1 +"\n',
      finds: ['error template-syntax infrastructure/manifest.yaml:9:29'],
    },
    {
      name: 'no commands to deprovision, an unknown setting, a command that YAML reads as a map',
      text: '        provision: [a: b]\n        commands: [x]\n',
      finds: [
        'error manifest-key infrastructure/manifest.yaml:7:9',
        'error manifest-settings infrastructure/manifest.yaml:6:21',
        'error manifest-settings infrastructure/manifest.yaml:5:9',
      ],
    },
  ])('$name', async ({ text, finds }) => {
    const { findings } = await checkBundle(settings(text), { kind: 'environment' });
    expect(findings.map(shown)).toEqual(finds);
  });
});

describe('Terraform', () => {
  const files = (tf: Readonly<Record<string, string>>) =>
    bundle({
      'schema/schema.yaml': environmentSchema,
      'infrastructure/manifest.yaml':
        'infrastructure:\n  templates:\n    - {file: "*", rendering_engine: hcl, template_language: terraform}\n',
      ...Object.fromEntries(Object.entries(tf).map(([name, text]) => [`infrastructure/${name}`, text])),
    });
  test.each([
    { name: 'a sound one', tf: { 'main.tf': 'locals {\n  cidr = var.environment.inputs.cidr\n}\n' }, finds: [] },
    { name: 'broken HCL', tf: { 'main.tf': 'locals {\n' }, finds: ['error hcl-syntax infrastructure/main.tf:1:8'] },
    {
      name: 'an unknown input, and one that is guarded',
      tf: { 'main.tf': 'locals {\n  a = try(var.environment.inputs.b, 1)\n  c = var.environment.inputs.d\n}\n' },
      finds: ['error input-undeclared infrastructure/main.tf:3:7'],
    },
    {
      name: 'what stands in comments, or deep inside of a guard',
      tf: {
        'main.tf':
          '/* var.environment.inputs.a\n var.environment.inputs.b */\nlocals {\n  url = "https://x" // var.environment.inputs.c\n  d = try(tostring(var.environment.inputs.d), "") # var.environment.inputs.e\n}\n',
      },
      finds: [],
    },
    { name: 'no file', tf: {}, finds: ['error template-missing infrastructure/*:1:1'] },
    {
      name: 'too many files',
      tf: Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`${n}.tf`, ''])),
      finds: ['error template-count infrastructure:1:1'],
    },
  ])('$name', async ({ tf, finds }) => {
    const { findings } = await checkBundle(files(tf), { kind: 'environment' });
    expect(findings.map(shown)).toEqual(finds);
  });
});

describe('layout', () => {
  const serviceSchema =
    'schema:\n  format: {openapi: "3.0.0"}\n  service_input_type: "S"\n  pipeline_input_type: "P"\n  types:\n    S: {type: object, properties: {}}\n    P: {type: object, properties: {}}\n';
  const part = (directory: string) => ({
    [`${directory}/manifest.yaml`]: manifest,
    [`${directory}/cloudformation.yaml`]: stack,
  });
  const cases = [
    {
      name: 'a service with its pipeline',
      kind: 'service',
      files: {
        'schema/schema.yaml': serviceSchema,
        ...part('instance_infrastructure'),
        ...part('pipeline_infrastructure'),
      },
      finds: [],
    },
    {
      name: 'the layout of the preview',
      kind: 'service',
      files: { 'schema/schema.yaml': serviceSchema, ...part('infrastructure'), ...part('pipeline') },
      finds: ['layout-preview', 'layout-preview'],
    },
    {
      name: 'a pipeline that the schema does not name',
      kind: 'service',
      files: {
        'schema/schema.yaml': serviceSchema.replace('  pipeline_input_type: "P"\n', ''),
        ...part('instance_infrastructure'),
        ...part('pipeline_infrastructure'),
      },
      finds: ['schema-key-missing'],
    },
    {
      name: 'a misspelt key of the schema',
      kind: 'service',
      files: {
        'schema/schema.yaml': serviceSchema.replace('pipeline_input_type', 'pipline_input_type'),
        ...part('instance_infrastructure'),
      },
      finds: ['schema-key-unknown'],
    },
    {
      name: 'nothing but a schema',
      kind: 'service',
      files: { 'schema/schema.yaml': serviceSchema },
      finds: ['part-missing', 'part-missing'],
    },
    {
      name: 'a manifest and a schema under other names',
      kind: 'environment',
      files: { 'schema/schema.yml': environmentSchema, 'infrastructure/manifest.yml': manifest },
      finds: ['schema-missing', 'manifest-missing'],
    },
    {
      name: 'a component needs no schema',
      kind: 'component',
      files: { 'manifest.yaml': manifest, 'cloudformation.yaml': stack },
      finds: ['schema-missing'],
    },
  ] as const;
  test.each(cases)('$name', async ({ kind, files, finds }) => {
    const { findings } = await checkBundle(bundle(files as unknown as Record<string, string>), { kind });
    expect(findings.map(({ rule }) => rule)).toEqual(finds);
  });
});
