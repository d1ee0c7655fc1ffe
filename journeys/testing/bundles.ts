import type { BundleFiles } from '../../demo/pack-bundle.ts';

const manifest =
  'infrastructure:\n  templates:\n    - {file: "cloudformation.yaml", rendering_engine: jinja, template_language: cloudformation}\n';

function schema(key: string, properties: string): string {
  return `schema:\n  format: {openapi: "3.0.0"}\n  ${key}: "Input"\n  types:\n    Input:\n      type: object\n      properties: ${properties}\n`;
}

/** An environment bundle of one template and these inputs (a YAML flow map). */
export function environmentBundle(template: string, properties = '{}'): BundleFiles {
  return {
    'schema/schema.yaml': schema('environment_input_type', properties),
    'infrastructure/manifest.yaml': manifest,
    'infrastructure/cloudformation.yaml': template,
  };
}

/** A service bundle without pipeline. */
export function serviceBundle(template: string, properties = '{}'): BundleFiles {
  return {
    'schema/schema.yaml': schema('service_input_type', properties),
    'instance_infrastructure/manifest.yaml': manifest,
    'instance_infrastructure/cloudformation.yaml': template,
  };
}

/** A service bundle with a pipeline that has no inputs. */
export function pipelineServiceBundle(instance: string, pipeline: string, properties = '{}'): BundleFiles {
  const types = `  pipeline_input_type: "Pipeline"\n  types:\n    Pipeline: {type: object, properties: {}}\n`;
  return {
    ...serviceBundle(instance, properties),
    'schema/schema.yaml': schema('service_input_type', properties).replace('  types:\n', types),
    'pipeline_infrastructure/manifest.yaml': manifest,
    'pipeline_infrastructure/cloudformation.yaml': pipeline,
  };
}

export const topicTemplate = `Resources:
  Topic:
    Type: AWS::SNS::Topic
Outputs:
  TopicArn:
    Value: !Ref Topic
`;

export const queueTemplate = `Resources:
  Queue:
    Type: AWS::SQS::Queue
    Properties:
      VisibilityTimeout: {{ service_instance.inputs.seconds }}
Outputs:
  QueueUrl:
    Value: !Ref Queue
`;

export const queueInputs = '{seconds: {type: integer, default: 30, minimum: 0}}';

export function environmentSpec(inputs = ''): string {
  return `proton: EnvironmentSpec\nspec: {${inputs}}\n`;
}

export function serviceSpec(environment: string, instances: Readonly<Record<string, string>>): string {
  const entries = Object.entries(instances).map(
    ([name, inputs]) => `  - {name: "${name}", environment: "${environment}", spec: {${inputs}}}\n`,
  );
  return `proton: ServiceSpec\ninstances:\n${entries.join('')}`;
}
