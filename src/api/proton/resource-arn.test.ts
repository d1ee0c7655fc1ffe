import { expect, test } from 'vitest';
import { knownArn } from './resource-arn.ts';

const pipeline = 'arn:aws:proton:us-east-1:111122223333:service/shop/pipeline';
const id = '0a1b2c3d-0000-1111-2222-0123456789ab';
const cases = [
  { name: 'a pipeline', given: pipeline, known: pipeline },
  { name: 'a pipeline with an id', given: `${pipeline}/${id}`, known: pipeline },
  {
    name: 'an instance named pipeline',
    given: `${pipeline}/service-instance/x`,
    known: `${pipeline}/service-instance/x`,
  },
  { name: 'another word behind it', given: `${pipeline}/next`, known: `${pipeline}/next` },
  { name: 'a deployment', given: `arn:aws:proton:a:1:deployment/${id}`, known: `arn:aws:proton:a:1:deployment/${id}` },
];
test.each(cases)('$name', ({ given, known }) => expect(knownArn(given)).toBe(known));
