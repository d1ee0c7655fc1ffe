import { expect, test } from 'vitest';
import { blockingFindings } from './report.ts';
import { inspectText, only, setting } from './testing/inspect-text.ts';

const folder = 'instance_infrastructure';
const parent = `Resources:
  Files:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: https://s3.amazonaws.com/templates/files/store.yaml
      Parameters:
        Access: PublicRead
        Name: plain
`;
const middle = `Parameters: {Access: {Type: String}, Name: {Type: String}}
Resources:
  Store:
    Type: AWS::CloudFormation::Stack
    Properties:
      TemplateURL: ./bucket.yaml
      Parameters: {Access: !Sub "\${Access}"}
`;
const bucket = `Parameters:
  Access: {Type: String}
Resources:
  Bucket:
    Type: AWS::S3::Bucket
    Properties:
      AccessControl: !Ref Access
`;
const children = { 'files/store.yaml': middle, 'bucket.yaml': bucket };
/** Every line of the parent reads an input that is named after it. */
const sourceAt = (line: number) => ({
  position: { file: `${folder}/cloudformation.yaml`, line, column: 3 },
  inputs: [`service_instance.inputs.line${line}`],
});
const all = { children, folder, sourceAt };
const blocks = (rail: string, more: object = {}) => only(setting(rail, 'block', more));

test('a public bucket in a nested stack is found, with the line in its template and the input behind the parameter', () => {
  const report = inspectText(parent, blocks('no-public-bucket'), all);
  const found = blockingFindings(report);
  expect(found).toHaveLength(1);
  expect(found).toMatchObject([
    {
      logicalId: 'Files/Store/Bucket',
      property: 'AccessControl',
      position: { file: `${folder}/bucket.yaml`, line: 7 },
      inputs: ['service_instance.inputs.line7'],
    },
  ]);
});

test('a parameter that makes it harmless is used', () => {
  const report = inspectText(parent.replace('PublicRead', 'Private'), blocks('no-public-bucket'), all);
  expect(report).toMatchObject({ findings: [], passed: ['no-public-bucket'] });
});

test('what is not in the bundle is told by its own rail, and by every one that is strict', () => {
  const elsewhere = { ...all, children: { 'files/store.yaml': middle } };
  expect(inspectText(parent, [], elsewhere).findings.filter(({ rail }) => rail === 'no-unseen-stack')).toMatchObject([
    {
      effect: 'warn',
      logicalId: 'Files/Store',
      message: 'The nested stack is not looked into: its template is not in the bundle (./bucket.yaml).',
      position: { file: `${folder}/files/store.yaml`, line: 3 },
    },
  ]);
  expect(inspectText(parent, blocks('no-public-bucket'), elsewhere).passed).toContain('no-public-bucket');
  const strict = inspectText(parent, blocks('no-public-bucket', { strict: true }), elsewhere);
  expect(blockingFindings(strict)).toMatchObject([{ logicalId: 'Files/Store', isUnknown: true }]);
  expect(strict.passed).toEqual([]);
});

test('a nested stack that is looked into is nothing unseen', () => {
  const seen = inspectText(parent, only(setting('nothing-unseen', 'block')), all);
  expect(seen).toMatchObject({ findings: [], passed: ['nothing-unseen'] });
});

test('what is said of the deployment as a whole is said once; names and secrets of nested stacks are looked at', () => {
  const regions = inspectText(parent, blocks('allowed-regions', { parameters: { regions: ['us-*'] } }), all);
  expect(regions.findings).toHaveLength(1);
  const types = inspectText(parent, blocks('denied-types', { parameters: { types: ['AWS::S3::*'] } }), all);
  expect(types.findings.map(({ logicalId }) => logicalId)).toEqual(['Files/Store/Bucket']);
});
