import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { renderingFind } from '../renderings/rendering-store.ts';
import { stackName } from '../stack-name.ts';
import { type DeploymentWorld, deploymentWorld, templateFile } from '../testing/deployment-world.ts';
import { eventsOf } from './event-store.ts';

// What can be known before the provider is asked is said before, with the author's file and line.
let world: DeploymentWorld;
beforeAll(async () => {
  world = await deploymentWorld();
  await world.startEngine();
});
afterAll(() => world.close());
beforeEach(() => {
  world.provisioner.reset();
  world.noun.reset();
});

const topic = 'Resources:\n  Topic:\n    Type: AWS::SNS::Topic\n';
let count = 0;

/** A first deployment of this template, with one input, to its end. */
async function deploy(template: string, value: string) {
  count += 1;
  const name = `known-${count}`;
  const minor = 100 + count;
  world.noun.templates.set(minor, template);
  const { id } = await world.requested(world.target(name), 'create', { minor, spec: value });
  return { name, minor, deployment: await world.untilOver(id) };
}

describe('refused before the provider is asked, with version, file, line and what to write; F14: and deleted at once', () => {
  const cases = [
    {
      name: 'F7: a misspelt input',
      template: `${topic}    Properties:\n      TopicName: {{ environment.inputs.valeu }}\n`,
      says: `${templateFile}:5:21: `,
      means: 'environment.inputs.value',
    },
    {
      name: 'F7: a misspelt namespace',
      template: `${topic}    Properties:\n      TopicName: {{ enviroment.name }}\n`,
      says: `${templateFile}:5:21: `,
      means: 'environment',
    },
    {
      name: 'F7: a property that an indentation slip left empty',
      template: `${topic}    Properties:\n    Metadata: {a: b}\n`,
      says: `${templateFile}:4:`,
      means: 'Give it a value, or leave it out.',
    },
    {
      name: 'F5: a key that stands twice with this input only, with both lines',
      template: `{% for n in range(3) %}\n{% endfor %}\n${topic}  {{ environment.inputs.value }}:\n    Type: AWS::SNS::Topic\n`,
      value: 'Topic',
      says: `${templateFile}:6:`,
      means: `The first comes from ${templateFile}:4:`,
    },
    {
      name: 'F5: a merge key',
      template: `${topic}    Metadata:\n      <<: {a: b}\n`,
      says: `${templateFile}:5:`,
      means: 'Write the merged entries out',
    },
    {
      name: 'F8: a constructor chain',
      template: `${topic}    Metadata:\n      A: "{{ ''.constructor.constructor('return process')().env }}"\n`,
      says: `${templateFile}:5:`,
      means: "no attribute 'constructor'",
    },
    {
      name: 'F8: a macro without end',
      template: `${topic}    Metadata:\n      A: "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}"\n`,
      says: `${templateFile}:5:`,
      means: 'Make the template do less',
    },
  ];
  test.each(cases)('$name', async ({ template, value = 'one', says, means }) => {
    const { deployment, minor, name } = await deploy(template, value);
    expect(deployment.standing).toMatchObject({ state: 'failed', undone: 'all' });
    expect(deployment.targetState).toMatchObject({ minorVersion: minor, spec: value });
    expect(deployment.message).toContain(says);
    expect(deployment.message).toContain(means);
    expect(world.provisioner.calls).toEqual([]);
    expect(await eventsOf(world.tools.db, deployment.id)).toEqual([]);

    const removal = await world.requested(world.target(name), 'delete');
    expect(removal.standing.state).toBe('succeeded');
  });
});

describe('what a text input holds reaches the provider as it is', () => {
  test.each([
    { name: 'F4: an account id with a zero in front', value: '012345670123' },
    { name: 'F4: more digits than a number has', value: '90071992547409931234' },
    { name: 'F4: what looks like a power of ten', value: '1e10' },
    { name: 'F4: what looks like a time', value: '12:30:45' },
    { name: 'F6: characters of all scripts', value: 'brûlée 静かな港 🚦' },
    { name: 'F8: a text that looks like a template', value: '{{ 7*7 }}' },
  ])('$name', async ({ value }) => {
    const { deployment, name } = await deploy(
      `${topic}    Metadata:\n      Value: "{{ environment.inputs.value }}"\n`,
      value,
    );
    expect(deployment.standing.state).toBe('succeeded');
    expect(await renderingFind(world.tools.db, deployment.id)).toMatchObject({
      inputs: { value },
      template: `${topic}    Metadata:\n      Value: "${value}"`,
    });
    const stack = stackName('environment', name, world.target(name).arn);
    expect(world.provisioner.templateOf(stack)).toContain(`Value: "${value}"`);
  });
});
