import { expect, test } from 'vitest';
import { makeBundle } from './bundle.ts';
import { componentData, environmentData, instanceData, pipelineData } from './namespaces.ts';
import { codebuildInputs, renderCodebuild } from './render-codebuild.ts';
import { terraformFiles } from './terraform-files.ts';

const arn = 'arn:aws:proton:eu-west-1:111122223333:service/shop/service-instance/live';
const environment = { name: 'dev', accountId: '111122223333', outputs: { VpcId: 'vpc-1' } };
const service = { name: 'shop' };
const instance = { name: 'live', inputs: { port: 80, hosts: ['a', 'b'], isPublic: true, note: '${x}' } };
const data = instanceData(environment, service, instance);

function files(entries: Readonly<Record<string, string>>) {
  return makeBundle(new Map(Object.entries(entries).map(([path, text]) => [path, Buffer.from(text)])));
}

function shown(made: ReadonlyMap<string, Uint8Array>): string {
  return [...made].map(([path, content]) => `--- ${path}\n${Buffer.from(content)}\n`).join('');
}

test('F9: the files of an instance; lists arrive as lists, and nothing is filled in inside HCL', async () => {
  const bundle = files({
    'instance_infrastructure/manifest.yaml': 'not copied',
    'instance_infrastructure/main.tf': 'locals { port = "{{ not jinja }}" }\n',
    'instance_infrastructure/README.md': 'not copied',
    'instance_infrastructure/modules/queue/main.tf': 'locals {}\n',
    'schema/schema.yaml': 'not copied',
  });
  const made = terraformFiles(bundle, { part: 'instance', data, arn, tags: { 'proton:account': '111122223333' } });
  await expect(shown(made)).toMatchFileSnapshot('golden/terraform-instance.txt');
});

test('the files of the other parts', async () => {
  const empty = files({});
  const tags = {};
  const pipeline = pipelineData(service, { test: 'make' }, [{ ...instance, outputs: {}, environment }]);
  const parts = [
    { part: 'environment', data: environmentData({ name: 'dev', accountId: '111122223333' }, { cidr: '10.0.0.0/16' }) },
    { part: 'pipeline', data: pipeline },
    { part: 'component', data: componentData('cache', environment, { service, instance }) },
    { part: 'instance', data: instanceData(environment, service, instance, { name: 'cache', outputs: { Url: 'x' } }) },
  ] as const;
  const made = parts.map((each) => shown(terraformFiles(empty, { ...each, arn, tags })));
  await expect(made.join('')).toMatchFileSnapshot('golden/terraform-parts.txt');
});

test('when the thing was deleted, the files say so', () => {
  const made = terraformFiles(files({}), { part: 'instance', data, arn, tags: {}, isDeleted: true });
  expect(String(made.get('proton.service_instance.variables.tf'))).toContain('no longer manages this file');
});

const manifest = `infrastructure:
  templates:
    - rendering_engine: codebuild
      settings:
        image: aws/codebuild/standard:7.0
        env: {variables: {STAGE: "{{ service_instance.name }}"}}
        provision: ["deploy {{ service_instance.inputs.missing }}"]
        deprovision: ["destroy {{ service_instance.inputs.port }}"]
        project_properties: {VpcConfig: {VpcId: "{{ environment.outputs.VpcId }}"}}
`;

test('what fails to provision can be deprovisioned', () => {
  const bundle = files({ 'instance_infrastructure/manifest.yaml': manifest });
  expect(renderCodebuild(bundle, 'instance', 'provision', data)).toMatchObject({
    ok: false,
    refusal: { code: 'template-undefined', position: { file: 'instance_infrastructure/manifest.yaml', line: 7 } },
  });
  expect(renderCodebuild(bundle, 'instance', 'deprovision', data)).toMatchObject({
    ok: true,
    value: {
      variables: { STAGE: 'live' },
      deprovision: ['destroy 80'],
      projectProperties: { VpcConfig: { VpcId: 'vpc-1' } },
    },
  });
  expect(renderCodebuild(bundle, 'pipeline', 'provision', data)).toMatchObject({
    refusal: { code: 'part-not-codebuild' },
  });
});

test('the inputs of commands, as JSON and as HCL', async () => {
  const made = (['JSON', 'HCL'] as const).map((type) => codebuildInputs('instance', data, type));
  await expect(made.map(({ name, text }) => `--- ${name}\n${text}\n`).join('')).toMatchFileSnapshot(
    'golden/codebuild-inputs.txt',
  );
});
