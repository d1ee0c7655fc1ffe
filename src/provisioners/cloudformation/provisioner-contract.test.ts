import { testDatabase } from '../../database/testing/index.ts';
import { testCloud } from '../../simulated-cloud/testing/index.ts';
import { type ContractService, provisionerContract } from './testing/provisioner-contract.ts';
import { tokenlessService } from './testing/tokenless-service.ts';

async function simulated(): Promise<ContractService> {
  const database = await testDatabase();
  const cloud = await testCloud({ databaseUrl: database.url, clockScale: 0 });
  return {
    endpoint: cloud.url,
    placement: { accountId: '111122223333', region: 'us-east-1' },
    credentials: { accessKeyId: 'SIM111122223333', secretAccessKey: 'any' },
    async close() {
      await cloud.close();
      await database.close();
    },
  };
}

async function simulatedWithoutTokens(): Promise<ContractService> {
  const service = await simulated();
  const tokenless = await tokenlessService(service.endpoint);
  return {
    ...service,
    endpoint: tokenless.url,
    async close() {
      await tokenless.close();
      await service.close();
    },
  };
}

provisionerContract('the simulated cloud', simulated);

provisionerContract('a service that keeps no tokens', simulatedWithoutTokens, {
  'a process that knows nothing of the operation sees how it ended':
    'nothing tells whose the end is, so it waits out how long the service may lag behind',
});
