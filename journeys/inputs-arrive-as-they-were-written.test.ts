import { CloudFormationClient, GetTemplateCommand } from '@aws-sdk/client-cloudformation';
import {
  CreateServiceCommand,
  GetDeploymentCommand,
  GetServiceCommand,
  GetServiceInstanceCommand,
  ListServiceInstanceOutputsCommand,
  ListServiceInstanceProvisionedResourcesCommand,
  waitUntilServiceCreated,
} from '@aws-sdk/client-proton';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { serviceBundle } from './testing/bundles.ts';
import { prepareEstate } from './testing/estate.ts';
import { installation, startInstallation, type TestInstallation } from './testing/installation.ts';

const inputs = `{
  peer_account: {type: string, pattern: "^[0-9]{12}$"},
  serial: {type: string},
  build: {type: string},
  mac: {type: string},
  note: {type: string},
  title: {type: string},
  zones: {type: array, minItems: 2, items: {type: string}},
  rules: {type: array, items: {type: object, properties: {port: {type: integer, minimum: 1}}}},
  owner: {type: object, properties: {team: {type: string}, floor: {type: integer, maximum: 40}}},
  tier: {type: string, enum: [small, large], default: small},
  remark: {type: string, nullable: true}}`.replaceAll('\n', '');

const template = `Resources:
  Topic:
    Type: AWS::SNS::Topic
Outputs:
  PeerAccount: {Value: "{{ service_instance.inputs.peer_account }}"}
  PeerAccountUnquoted:
    Value: !Sub arn:aws:iam::{{ service_instance.inputs.peer_account }}:root
  Serial: {Value: "{{ service_instance.inputs.serial }}"}
  Build: {Value: "{{ service_instance.inputs.build }}"}
  Mac: {Value: "{{ service_instance.inputs.mac }}"}
  Note: {Value: '{{ service_instance.inputs.note }}'}
  Title: {Value: "{{ service_instance.inputs.title }}"}
  Zones:
    Value: !Join ["|", {{ service_instance.inputs.zones | tojson }}]
{% for rule in service_instance.inputs.rules %}
  Rule{{ loop.index }}: {Value: "{{ rule.port + 1 }}"}
{% endfor %}
  Owner: {Value: "{{ service_instance.inputs.owner.team }} on {{ service_instance.inputs.owner.floor }}"}
  Tier: {Value: "{{ service_instance.inputs.tier }}"}
  Remark: {Value: "{{ service_instance.inputs.remark is none }}"}
`;

const spec = `proton: ServiceSpec
instances:
  - name: live # the only one
    environment: dev
    spec:
      peer_account: 012345670123
      serial: 90071992547409931234
      build: 1e10
      mac: 12:30:45
      note: "{{ 7*7 }}"
      title: "brûlée 静かな港 🚦"
      zones: [a, "b c"]
      rules:
        - port: 80
        - port: 443
      owner: {team: yes, floor: 3}
      remark: ~
`;

let world: TestInstallation;
beforeAll(async () => {
  world = await startInstallation();
  const { platform } = world;
  const { proton } = platform;
  await prepareEstate(platform);
  await platform.createTemplate('service', 'kinds', { pipeline: false });
  const files = serviceBundle(template, inputs);
  const version = await platform.registerVersion({ kind: 'service', name: 'kinds', files, runsIn: ['base:1'] });
  await platform.publish('service', 'kinds', version);
  await proton.send(new CreateServiceCommand({ name: 'kept', templateName: 'kinds', templateMajorVersion: '1', spec }));
  await waitUntilServiceCreated(platform.waiting, { name: 'kept' });
});
afterAll(() => world.close());

async function outputs(): Promise<Record<string, string>> {
  const { outputs: listed = [] } = await world.platform.proton.send(
    new ListServiceInstanceOutputsCommand({ serviceName: 'kept', serviceInstanceName: 'live' }),
  );
  return Object.fromEntries(listed.map(({ key = '', valueString = '' }) => [key, valueString]));
}

/** The template as the cloud got it. */
async function deployedTemplate(): Promise<string> {
  const { provisionedResources: [stack] = [] } = await world.platform.proton.send(
    new ListServiceInstanceProvisionedResourcesCommand({ serviceName: 'kept', serviceInstanceName: 'live' }),
  );
  const cloud = new CloudFormationClient({
    endpoint: world.deuteron.cloudUrl,
    region: installation.region,
    credentials: { accessKeyId: `SIM${installation.accountId}`, secretAccessKey: 'any' },
  });
  const { TemplateBody = '' } = await cloud.send(new GetTemplateCommand({ StackName: stack?.name }));
  cloud.destroy();
  return TemplateBody;
}

describe('F4: texts of digits keep their characters', () => {
  test('in the template that the cloud got, and in what it made of it', async () => {
    const text = await deployedTemplate();
    for (const kept of ['"012345670123"', 'iam::012345670123:', '"90071992547409931234"', '"1e10"', '"12:30:45"'])
      expect(text).toContain(kept);
    expect(await outputs()).toMatchObject({
      PeerAccount: '012345670123',
      PeerAccountUnquoted: 'arn:aws:iam::012345670123:root',
      Serial: '90071992547409931234',
      Build: '1e10',
      Mac: '12:30:45',
    });
  });

  test('in the spec that every answer of the API has', async () => {
    const { proton } = world.platform;
    const { service } = await proton.send(new GetServiceCommand({ name: 'kept' }));
    const { serviceInstance } = await proton.send(new GetServiceInstanceCommand({ serviceName: 'kept', name: 'live' }));
    const { deployment } = await proton.send(
      new GetDeploymentCommand({ id: serviceInstance?.lastSucceededDeploymentId }),
    );
    expect(service?.spec).toBe(spec);
    expect(serviceInstance?.spec).toBe(spec);
    expect(deployment?.targetState?.serviceInstance?.spec).toBe(spec);
  });
});

test('F6: characters of all scripts arrive', async () => {
  expect(await outputs()).toMatchObject({ Title: 'brûlée 静かな港 🚦' });
});

test('F8: an input that looks like a template is data', async () => {
  expect(await deployedTemplate()).toContain("Note: {Value: '{{ 7*7 }}'}");
  expect(await outputs()).toMatchObject({ Note: '{{ 7*7 }}' });
});

test('F9: lists, lists of objects, objects, enums with their default, null and numbers are deployed', async () => {
  expect(await outputs()).toMatchObject({
    Zones: 'a|b c',
    Rule1: '81',
    Rule2: '444',
    Owner: 'yes on 3',
    Tier: 'small',
    Remark: 'True',
  });
});
