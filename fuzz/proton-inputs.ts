import fc, { type Arbitrary } from 'fast-check';
import { apiModel, shapeOf } from '../src/api/proton/model/api-model.ts';
import { environmentSpecs, exampleFiles, serviceSpecs } from './example-texts.ts';
import type { Tree, TreeMap } from './tree.ts';

export const operationNames: readonly string[] = Object.keys(apiModel.operations);

/** Few names, so that one request meets what another has made. */
const textsOfShape: Readonly<Record<string, readonly string[]>> = {
  ResourceName: ['network', 'worker', 'sandbox', 'orders', 'live'],
  TemplateVersionPart: ['1', '0', '2'],
  SpecContents: [...environmentSpecs, ...serviceSpecs],
  TemplateFileContents: exampleFiles('cloudformation.yaml'),
  TemplateManifestContents: exampleFiles('manifest.yaml'),
  S3Bucket: ['deuteron'],
  S3Key: ['network.tar.gz', 'worker.tar.gz', 'none'],
  Arn: [
    'arn:aws:proton:us-east-1:111122223333:environment-template/network',
    'arn:aws:iam::111122223333:role/deuteron',
  ],
  RoleArn: ['arn:aws:iam::111122223333:role/deuteron'],
  AwsAccountId: ['111122223333'],
};

/** An input as the API model asks for it, mostly valid, for an operation. */
export function protonInput(operation: string): Arbitrary<Tree> {
  return inputOfShape(apiModel.operations[operation]!.input.shape, 0);
}

function inputOfShape(name: string, depth: number): Arbitrary<Tree> {
  const shape = shapeOf(apiModel, name);
  switch (shape.type) {
    case 'string': {
      const texts = shape.enum ?? textsOfShape[name] ?? ['text', 'network', '1', ''.padEnd(shape.min ?? 0, 'x')];
      return fc.constantFrom(...texts);
    }
    case 'integer':
      return fc.constantFrom(1, shape.min ?? 1, shape.max ?? 100, 5);
    case 'boolean':
      return fc.boolean();
    case 'timestamp':
      return fc.constant(1_700_000_000);
    case 'list':
      if (depth > 5) return fc.constant([]);
      return fc.array(inputOfShape(shape.member.shape, depth + 1), {
        minLength: Math.min(1, shape.min ?? 0),
        maxLength: 2,
      });
    case 'structure': {
      const required = shape.union ? [] : (shape.required ?? []);
      const members = Object.entries(shape.members).map(([member, { shape: of }]) =>
        fc
          .tuple(inputOfShape(of, depth + 1), fc.boolean())
          .map(([value, isGiven]) => (isGiven || required.includes(member) ? ([[member, value]] as const) : [])),
      );
      const all = fc.tuple(...members).map((entries): TreeMap => ({ entries: entries.flat() }));
      return shape.union ? all.map(({ entries }): TreeMap => ({ entries: entries.slice(0, 1) })) : all;
    }
  }
}
