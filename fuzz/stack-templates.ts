import { renderedExamples } from './example-texts.ts';

/** What the examples do not use of the language. */
const rich = `AWSTemplateFormatVersion: "2010-09-09"
Description: rich
Parameters:
  Size: {Type: String, Default: small, AllowedValues: [small, large], ConstraintDescription: small or large}
  Count: {Type: Number, Default: 2, MinValue: 1, MaxValue: 9}
  Names: {Type: CommaDelimitedList, Default: "a,b"}
  Image: {Type: "AWS::SSM::Parameter::Value<String>", Default: /x}
  Secret: {Type: String, NoEcho: true, Default: s, AllowedPattern: "[a-z]+", MinLength: 1, MaxLength: 9}
Mappings:
  Sizes: {small: {Days: 1}, large: {Days: 30}}
Conditions:
  IsLarge: !Equals [!Ref Size, large]
  IsSmall: !Not [!Condition IsLarge]
  Either: !Or [!Condition IsLarge, !And [!Condition IsSmall, !Equals [!Ref "AWS::Region", eu-central-1]]]
Rules:
  Sized:
    RuleCondition: !Equals [!Ref Size, large]
    Assertions: [{Assert: !Contains [[small, large], !Ref Size], AssertDescription: a known size}]
Resources:
  Dead: {Type: "AWS::SQS::Queue", DeletionPolicy: Retain, UpdateReplacePolicy: Retain}
  Queue:
    Type: AWS::SQS::Queue
    DependsOn: Dead
    Properties:
      QueueName: !Sub ["\${AWS::StackName}-\${Suffix}", {Suffix: !Select [0, !Ref Names]}]
      MessageRetentionPeriod: !FindInMap [Sizes, !Ref Size, Days]
      RedrivePolicy: {deadLetterTargetArn: !GetAtt Dead.Arn, maxReceiveCount: !Ref Count}
      Tags: [!If [IsLarge, {Key: a, Value: !Join ["-", !Split [",", "x,y"]]}, !Ref "AWS::NoValue"]]
  Subnet:
    Type: AWS::EC2::Subnet
    Condition: Either
    Properties:
      VpcId: "{{resolve:ssm:/vpc:1}}"
      CidrBlock: !Select [1, !Cidr [10.0.0.0/16, 4, 8]]
      AvailabilityZone: !Select [0, !GetAZs ""]
  Role:
    Type: AWS::IAM::Role
    Metadata: {a: [1, true]}
    Properties:
      RoleName: fuzzed
      AssumeRolePolicyDocument: {Version: "2012-10-17", Statement: [{Effect: Allow, Principal: {Service: ec2.amazonaws.com}, Action: "sts:AssumeRole"}]}
  Mine: {Type: "Custom::Mine", Properties: {ServiceToken: !ImportValue token, Data: !Base64 text}}
Outputs:
  Url: {Value: !Ref Queue, Export: {Name: !Sub "\${AWS::StackName}-url"}}
  Maybe: {Condition: Either, Value: !GetAtt Subnet.SubnetId, Description: a subnet}
`;

const serverless = `Transform: AWS::Serverless-2016-10-31
Globals:
  Function: {Runtime: nodejs20.x, Timeout: 5, Environment: {Variables: {A: b}}}
Resources:
  Hello:
    Type: AWS::Serverless::Function
    Properties:
      Handler: a.b
      InlineCode: x
      AutoPublishAlias: live
      Policies: [AWSLambdaBasicExecutionRole, {Version: "2012-10-17", Statement: [{Effect: Allow, Action: "s3:*", Resource: "*"}]}]
      Events:
        Get: {Type: Api, Properties: {Path: "/{id}", Method: get}}
        Http: {Type: HttpApi, Properties: {Path: /h, Method: any}}
        Timer: {Type: Schedule, Properties: {Schedule: rate(1 hour)}}
        Jobs: {Type: SQS, Properties: {Queue: !GetAtt Jobs.Arn, BatchSize: 5}}
  Jobs: {Type: "AWS::SQS::Queue"}
  Table: {Type: "AWS::Serverless::SimpleTable", Properties: {PrimaryKey: {Name: id, Type: String}}}
  Api: {Type: "AWS::Serverless::Api", Properties: {StageName: prod, Cors: "'*'", Auth: {ApiKeyRequired: true}}}
  Machine: {Type: "AWS::Serverless::StateMachine", Properties: {Definition: {StartAt: A, States: {A: {Type: Succeed}}}, Role: !Sub "arn:aws:iam::1:role/x"}}
`;

const extended = `Transform: [AWS::LanguageExtensions]
Resources:
  Topic: {Type: "AWS::SNS::Topic", Properties: {DisplayName: !Join ["", [a, !Ref "AWS::AccountId"]]}}
Outputs:
  Length: {Value: !Length [a, b]}
  Json: {Value: !ToJsonString {a: !Ref Topic}}
`;

/** Valid ones, as authors write them. */
export function stackTemplates(): string[] {
  return [...renderedExamples(), rich, rich, serverless, serverless, extended];
}
