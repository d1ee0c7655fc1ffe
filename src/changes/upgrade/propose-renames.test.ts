import { describe, expect, test } from 'vitest';
import { makeBundle, readParameterSchema, readUpgradeStep } from '../../bundles/index.ts';
import { certainRenames, proposeStep, type ReadBundle } from './propose-renames.ts';

function version(
  inputs: Readonly<Record<string, object>>,
  template: string,
  pipeline?: { readonly inputs: object; readonly template: string },
): ReadBundle {
  const schema = JSON.stringify({
    schema: {
      format: { openapi: '3.0.0' },
      service_input_type: 'Inputs',
      ...(pipeline && { pipeline_input_type: 'Pipeline' }),
      types: {
        Inputs: { type: 'object', properties: inputs },
        ...(pipeline && { Pipeline: { type: 'object', properties: pipeline.inputs } }),
      },
    },
  });
  const manifest =
    'infrastructure:\n  templates:\n    - file: t.yaml\n      rendering_engine: jinja\n      template_language: cloudformation\n';
  const files: Record<string, string> = {
    'instance_infrastructure/manifest.yaml': manifest,
    'instance_infrastructure/t.yaml': template,
  };
  if (pipeline) {
    files['pipeline_infrastructure/manifest.yaml'] = manifest;
    files['pipeline_infrastructure/t.yaml'] = pipeline.template;
  }
  const read = readParameterSchema(schema, 'service').schema;
  if (!read) throw new Error('no schema');
  return {
    bundle: makeBundle(new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)]))),
    schema: read,
  };
}

const queue = (delay: string, name: string) => `Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      DelaySeconds: {{ service_instance.inputs.${delay} }}
      QueueName: {{ service_instance.inputs.${name} }}-{{ environment.outputs.Suffix }}
`;
const whole = { type: 'integer', minimum: 0, maximum: 900 };
const text = { type: 'string' };

describe('a rename is certain', () => {
  const cases = [
    {
      name: 'at the same places',
      before: version({ delay: whole, name: text }, queue('delay', 'name')),
      after: version({ seconds: whole, name: text }, queue('seconds', 'name')),
      found: ['delay > seconds'],
    },
    {
      name: 'two at once',
      before: version({ delay: whole, name: text }, queue('delay', 'name')),
      after: version({ seconds: whole, title: text }, queue('seconds', 'title')),
      found: ['delay > seconds', 'name > title'],
    },
    {
      name: 'whatever describes it',
      before: version({ delay: { ...whole, title: 'a' }, name: text }, queue('delay', 'name')),
      after: version({ seconds: { ...whole, description: 'b' }, name: text }, queue('seconds', 'name')),
      found: ['delay > seconds'],
    },
    {
      name: 'of a choice that turns something on',
      before: version({ on: { type: 'boolean' } }, '{% if service_instance.inputs.on %}A: 1{% else %}B: 1{% endif %}'),
      after: version(
        { enabled: { type: 'boolean' } },
        '{% if service_instance.inputs.enabled %}A: 1{% else %}B: 1{% endif %}',
      ),
      found: ['on > enabled'],
    },
    {
      name: 'not with other rules',
      before: version({ delay: whole, name: text }, queue('delay', 'name')),
      after: version({ seconds: { ...whole, maximum: 60 }, name: text }, queue('seconds', 'name')),
      found: [],
    },
    {
      name: 'not at other places',
      before: version({ a: text, b: text }, 'A: {{ service_instance.inputs.a }}\nB: {{ service_instance.inputs.b }}'),
      after: version(
        { c: text, b: text },
        'A: fixed\nB: {{ service_instance.inputs.b }}\nC: {{ service_instance.inputs.c }}',
      ),
      found: [],
    },
    {
      name: 'not with another meaning',
      before: version({ on: { type: 'boolean' } }, '{% if service_instance.inputs.on %}A: 1{% else %}B: 1{% endif %}'),
      after: version({ off: { type: 'boolean' } }, '{% if service_instance.inputs.off %}B: 1{% else %}A: 1{% endif %}'),
      found: [],
    },
    {
      name: 'not where two could be meant',
      before: version({ a: text }, 'A: {{ service_instance.inputs.a }}'),
      after: version({ b: text, c: text }, 'A: {{ service_instance.inputs.b }}{{ service_instance.inputs.c }}'),
      found: [],
    },
    {
      name: 'not where nothing comes out',
      before: version({ a: text }, 'A: 1'),
      after: version({ b: text }, 'A: 1'),
      found: [],
    },
  ];
  test.each(cases)('$name', ({ before, after, found }) => {
    expect(certainRenames(before, after).map(({ from, to }) => `${from} > ${to}`)).toEqual(found);
  });
});

test('the text of the step is a step', () => {
  const pipeline = (input: string) => ({ inputs: { [input]: text }, template: `A: {{ pipeline.inputs.${input} }}` });
  const before = version({ delay: whole, name: text }, queue('delay', 'name'), pipeline('stage'));
  const after = version({ seconds: whole, name: text }, queue('seconds', 'name'), pipeline('phase'));
  const proposed = proposeStep(before, after, { major: 1, minor: 4 }, { major: 2, minor: 0 });
  expect(proposed?.text).toMatchInlineSnapshot(`
    "from: 1.x
    to: 2.0
    pure: true
    ops:
      - rename: { from: /delay, to: /seconds }
    down:
      - rename: { from: /seconds, to: /delay }
    pipeline:
      ops:
        - rename: { from: /stage, to: /phase }
      down:
        - rename: { from: /phase, to: /stage }
    "
  `);
  expect(proposed && readUpgradeStep(proposed.text, proposed.file)).toMatchObject({
    findings: [],
    step: { pure: true, from: { major: 1 }, to: { major: 2 } },
  });
  expect(proposeStep(after, after, { major: 1, minor: 4 }, { major: 2, minor: 0 })).toBeUndefined();
});
