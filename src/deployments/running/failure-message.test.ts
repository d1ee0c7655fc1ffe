import { expect, test } from 'vitest';
import { parseTemplate, renderTemplate } from '../../jinja/index.ts';
import type { DeploymentRendering } from '../renderings/rendering.ts';
import { sourceLines, sourceOf } from '../renderings/source-lines.ts';
import type { Cause, Failure } from './ending.ts';
import { failureMessage } from './failure-message.ts';

const file = 'infrastructure/cloudformation.yaml';
const source = `# what {{ environment.name }} has
Resources:
{% for port in environment.inputs.ports %}
  Listener{{ port }}:
    Type: AWS::ElasticLoadBalancingV2::Listener
    Properties:
      Port: {{ port }}
      Protocol: {{ environment.inputs.protocol }}
{% endfor %}
  Zone:
    Type: AWS::Route53::HostedZone
    Properties:
      Name: {{ environment.inputs.domain }}
Outputs:
  Imported:
    Value: {"Fn::ImportValue": "no-such-export"}
`;
const inputs = { ports: [80, 443], protocol: 'HTTP', domain: 'shop.example' };

function rendering(): DeploymentRendering {
  const template = parseTemplate(source, file);
  if (!template.ok) throw new Error(template.refusal.message);
  const rendered = renderTemplate(template.value, { environment: { name: 'dev', inputs } });
  if (!rendered.ok) throw new Error(rendered.refusal.message);
  return {
    method: 'cloudformation',
    stackName: 'AWSProton-environment-dev-00000000',
    placements: [],
    bundleDigest: '',
    part: 'environment',
    template: rendered.value.text,
    templateDigest: '',
    inputs,
    secrets: [],
    inputsDigest: '',
    tags: {},
    sourceLines: sourceLines(rendered.value.text, rendered.value.sourceMap),
  };
}

const refusal = {
  kind: 'invalid',
  code: 'stack-operation-failed',
  message: 'The stack is ROLLBACK_COMPLETE.',
  remedy: 'Correct the template or its inputs, or deploy another version.',
} as const;

function failure(...causes: Cause[]): Failure {
  return { refusal, causes, undone: 'all', touched: true };
}

test('failures as people read them', async () => {
  const listener = { logicalId: 'Listener443', type: 'AWS::ElasticLoadBalancingV2::Listener' };
  const zone = { logicalId: 'Zone', type: 'AWS::Route53::HostedZone', reason: 'shop.example is taken' };
  const stack = { logicalId: 'AWSProton-environment-dev-00000000', type: 'AWS::CloudFormation::Stack' };
  const told = [
    failureMessage(failure(zone), rendering()),
    failureMessage(failure({ ...listener, reason: 'A certificate is needed' }, zone), rendering()),
    failureMessage(failure({ ...stack, reason: 'No export named no-such-export found.' }), rendering()),
    failureMessage(failure(zone), undefined),
    failureMessage(
      { ...failure(), refusal: { ...refusal, message: "The domain 'shop.example' is not allowed." } },
      rendering(),
    ),
    failureMessage(failure(), rendering()),
  ];
  await expect(`${told.join('\n\n')}\n`).toMatchFileSnapshot('golden/failure-messages.txt');
});

test('every line of a rendered text leads back to the template', () => {
  const { template, sourceLines: lines } = rendering();
  const found = template.split('\n').map((line, index) => {
    const at = sourceOf(lines, index + 1);
    return [line, at && `${at.position.line}:${at.position.column} ${at.inputs.join(' ')}`];
  });
  expect(found).toContainEqual(['  Zone:', '10:3 ']);
  expect(found).toContainEqual(['      Name: shop.example', '13:7 environment.inputs.domain']);
  expect(found.filter(([line]) => /Listener(80|443):/.test(line ?? '')).map(([, at]) => at)).toEqual([
    expect.stringMatching(/^4:3/),
    expect.stringMatching(/^4:3/),
  ]);
  expect(sourceOf(lines, 1000)).toBeUndefined();
});

test('a secret input is not told, neither with a resource nor without', () => {
  const secret: DeploymentRendering = { ...rendering(), secrets: ['environment.inputs.domain'] };
  const reason = "The domain 'shop.example' is taken.";
  const zone = { logicalId: 'Zone', type: 'AWS::Route53::HostedZone', reason };
  for (const failed of [failure(zone), { ...failure(), refusal: { ...refusal, message: reason } }]) {
    expect(failureMessage(failed, rendering())).toContain('shop.example');
    expect(failureMessage(failed, secret)).toContain("The domain '***' is taken.");
    expect(failureMessage(failed, secret)).toContain(`${file}:13:7: `);
  }
});
