import { expect, test } from 'vitest';
import { makeBundle } from './bundle.ts';
import { checkBundle } from './check-bundle.ts';

const properties = `
        image: {type: string}
        pair: {type: string, pattern: "^[^=]+=[^=]+$"}
        count: {type: integer}
        anything: {type: array}
        hosts: {type: array, items: {type: object, properties: {name: {type: string}}}}
        labels: {type: object, additionalProperties: {type: string}}
        free: {type: object}
        size: {type: object, properties: {cpu: {type: integer}}}
        tags: {type: string, default: ""}
`;

async function findingsOf(expression: string): Promise<string[]> {
  const files = {
    'schema/schema.yaml': `schema:\n  format: {openapi: "3.0.0"}\n  service_input_type: In\n  types:\n    In:\n      type: object\n      properties:${properties}`,
    'instance_infrastructure/manifest.yaml':
      'infrastructure:\n  templates:\n    - file: cloudformation.yaml\n      rendering_engine: jinja\n      template_language: cloudformation\n',
    'instance_infrastructure/cloudformation.yaml': `Resources:\n  Topic: {Type: AWS::SNS::Topic}\n# ${expression.replaceAll('in.', 'service_instance.inputs.')}\n`,
  };
  const bundle = makeBundle(new Map(Object.entries(files).map(([path, text]) => [path, Buffer.from(text)])));
  const { findings } = await checkBundle(bundle, { kind: 'service' });
  return findings.map(({ severity, rule }) => `${severity} ${rule}`);
}

test.each([
  {
    name: 'parts of a text',
    expression: '{% set key, value = in.pair.split("=") %}{{ key }}{{ in.image.split(":")[1] }}',
  },
  {
    name: 'parts of the items of a text',
    expression: '{% for each in in.image.split(";") %}{{ each.split("=")[1] }}{% endfor %}',
  },
  { name: 'parts of the name of a thing', expression: '{{ service.name.split("-")[1] }}' },
  { name: 'an item of a table', expression: '{{ {"small": 1, "large": 2}[in.image] }}' },
  { name: 'a quotient', expression: '{{ 100 // (in.count - 1) }}' },
  { name: 'a member of a map of texts', expression: '{{ in.labels.team }}' },
  { name: 'a member of an object that may hold anything', expression: '{{ in.free.team.lead }}' },
  { name: 'the second item of a list', expression: '{{ in.hosts[1].name }}' },
  { name: 'a member of an item of any kind', expression: '{% for each in in.anything %}{{ each.name }}{% endfor %}' },
])('what an input was made up to be proves nothing: $name', async ({ expression }) => {
  expect(await findingsOf(expression)).toEqual([]);
});

test.each([
  { name: 'a member that the schema rules out', expression: '{{ in.size.memory }}' },
  { name: 'a member that items never have', expression: '{% for each in in.hosts %}{{ each.port }}{% endfor %}' },
  { name: 'a name of the preview', expression: '{{ service_instances.name }}', also: ['error namespace-preview'] },
  { name: 'an operation on the wrong types', expression: '{{ in.image + 1 }}' },
  { name: 'a member of a text', expression: '{{ in.image.tag }}' },
  { name: "the schema's own default", expression: '{% set key, value = in.tags.split("=") %}{{ key }}' },
  { name: "the template's own text", expression: '{{ "a=b".split("=")[2] }}' },
])('what fails for every input is an error: $name', async ({ expression, also = [] }) => {
  expect(await findingsOf(expression)).toEqual([...also, 'error render-fails']);
});
