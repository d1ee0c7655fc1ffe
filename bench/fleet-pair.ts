import { type Bundle, instanceData, renderJob, runRenderJob } from '../src/bundles/index.ts';
import { testBundle } from '../src/fleet/preview/testing/fleet-world.ts';

export const resourceCount = 50;
const inputs = '{memory: {type: integer, default: 256}, days: {type: integer, default: 7}, retries: {type: integer}}';

/** Ten services of five resources each, as services on AWS often are; every name and some values differ by instance. */
function template(isNew: boolean): string {
  const groups = Array.from({ length: resourceCount / 5 }, (_, n) => groupOf(n, isNew));
  return `Resources:\n${groups.join('')}Outputs:\n  FirstQueue: {Value: {Ref: Queue0}}\n`;
}

/** What the new version does: it lengthens a timeout, lowers a retention, renames an environment variable, adds a permission. */
function groupOf(n: number, isNew: boolean): string {
  const own = `{{ service.name }}-{{ service_instance.name }}-${n}`;
  const isChanged = isNew && n % 3 === 0;
  return `  Queue${n}:
    Type: AWS::SQS::Queue
    Properties:
      QueueName: "${own}"
      VisibilityTimeout: ${isChanged ? 60 : 30}
      RedrivePolicy: {deadLetterTargetArn: {Fn::GetAtt: [Dead${n}, Arn]}, maxReceiveCount: {{ service_instance.inputs.retries }}}
  Dead${n}:
    Type: AWS::SQS::Queue
    Properties: {MessageRetentionPeriod: 1209600, Tags: [{Key: owner, Value: "{{ service.name }}"}]}
  Role${n}:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: "2012-10-17"
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: "sts:AssumeRole"}]
      Policies:
        - PolicyName: work
          PolicyDocument:
            Version: "2012-10-17"
            Statement:
              - Effect: Allow
                Action: ["sqs:ReceiveMessage", "sqs:DeleteMessage"${isChanged ? ', "sqs:ChangeMessageVisibility"' : ''}]
                Resource: {Fn::GetAtt: [Queue${n}, Arn]}
  Function${n}:
    Type: AWS::Lambda::Function
    Properties:
      FunctionName: "${own}"
      Handler: index.handler
      Runtime: nodejs22.x
      MemorySize: {{ service_instance.inputs.memory }}
      Role: {Fn::GetAtt: [Role${n}, Arn]}
      Code: {S3Bucket: "{{ environment.outputs.Bucket }}", S3Key: "code/${n}.zip"}
      Environment: {Variables: {QUEUE_URL: {Ref: Queue${n}}, ${isChanged ? 'LEVEL' : 'LOG_LEVEL'}: info}}
  Log${n}:
    Type: AWS::Logs::LogGroup
    Properties:
      LogGroupName: {Fn::Sub: "/aws/lambda/\${Function${n}}"}
      RetentionInDays: {{ service_instance.inputs.days }}
`;
}

export const pair: { readonly before: Bundle; readonly after: Bundle } = {
  before: testBundle('service', { templates: { instance: template(false) }, inputs }),
  after: testBundle('service', { templates: { instance: template(true) }, inputs }),
};

export const environmentOutputs = { Bucket: 'bucket-of-code' };

export interface FleetMember {
  readonly service: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, number>>;
}

/** Ten instances in each service, none like another. */
export function memberOf(n: number): FleetMember {
  return {
    service: `service-${String(Math.floor(n / 10)).padStart(4, '0')}`,
    name: `instance-${n % 10}`,
    inputs: { memory: 128 * (1 + (n % 8)), days: [1, 7, 14, 30][n % 4]!, retries: 1 + (n % 5) },
  };
}

/** What a bundle renders to for a member, as its deployment would. */
export function renderedFor(bundle: Bundle, { service, name, inputs: given }: FleetMember): string {
  const environment = { name: 'sandbox', accountId: '111122223333', outputs: environmentOutputs };
  const data = instanceData(environment, { name: service }, { name, inputs: given });
  const job = renderJob(bundle, 'instance', data);
  const rendered = job.ok ? runRenderJob(job.value) : job;
  if (!rendered.ok) throw new Error(rendered.refusal.message);
  return rendered.value.text;
}
