import { CreateEnvironmentTemplateCommand, ListEnvironmentTemplatesCommand } from '@aws-sdk/client-proton';
import { expect, test } from 'vitest';
import { listAudit } from '../../audit/index.ts';
import { accept, refuse } from '../../errors/index.ts';
import { startTestApi } from '../testing/index.ts';
import { auditTarget, isAudited } from './audited-request.ts';
import { apiModel } from './model/api-model.ts';
import type { OperationName } from './operation.ts';

const installation = { partition: 'aws', region: 'us-east-1', accountId: '111122223333' };

/** Every name that an input can have, so that each operation finds its own. */
const names = {
  id: 'ID',
  name: 'NAME',
  componentName: 'COMPONENT',
  environmentName: 'ENVIRONMENT',
  serviceName: 'SERVICE',
  serviceInstanceName: 'INSTANCE',
  templateName: 'TEMPLATE',
  templateType: 'SERVICE',
  majorVersion: '1',
  minorVersion: '0',
  provider: 'GITHUB',
  resourceArn: 'arn:aws:proton:us-east-1:111122223333:service/SERVICE',
};

test('every operation that changes something says what it is about', async () => {
  const operations = (Object.keys(apiModel.operations) as OperationName[]).filter(isAudited).sort();
  const targets = operations.map((operation) => {
    const { members } = apiModel.shapes[apiModel.operations[operation]!.input!.shape] as { members: object };
    const input = Object.fromEntries(Object.entries(names).filter(([name]) => Object.hasOwn(members, name)));
    return `${operation}: ${auditTarget(installation, operation, input)?.split(':').slice(5).join(':')}`;
  });
  expect(targets.filter((line) => line.endsWith('undefined'))).toEqual([]);
  await expect(`${targets.join('\n')}\n`).toMatchFileSnapshot('golden/audit-targets.txt');
});

test('changes leave entries with the request’s id, whatever came of them; questions leave none', async () => {
  const refused = refuse({ kind: 'conflict', code: 'taken', message: 'Taken.', remedy: '' });
  const api = await startTestApi({
    operations: {
      CreateEnvironmentTemplate: async ({ name }) => {
        if (name === 'taken') return refused;
        if (name === 'broken') throw new Error('broken');
        return accept({ environmentTemplate: {} as never });
      },
      ListEnvironmentTemplates: async () => accept({ templates: [] }),
    },
  });
  const requestIds: (string | undefined)[] = [];
  const create = async (name: string) => {
    const sent = api.proton.send(new CreateEnvironmentTemplateCommand({ name }));
    const { $metadata } = await sent.catch((error) => error);
    requestIds.unshift($metadata.requestId);
  };
  for (const name of ['new', 'taken', 'broken', 'no name']) await create(name);
  await api.proton.send(new ListEnvironmentTemplatesCommand({}));
  const listed = await listAudit(api.db, {}, {});
  const entries = listed.ok ? listed.value.items : [];
  expect(entries.map(({ outcome, code, target }) => [outcome, code, target?.split('/')[1]])).toEqual([
    ['refused', expect.any(String), 'no name'],
    ['failed', undefined, 'broken'],
    ['refused', 'taken', 'taken'],
    ['accepted', undefined, 'new'],
  ]);
  expect(entries.map(({ requestId }) => requestId)).toEqual(requestIds);
  expect(entries[0]).toMatchObject({ principal: 'administrator', verb: 'proton:CreateEnvironmentTemplate' });
  await api.close();
});
