import { expect, test } from 'vitest';
import { type Deployment, type DeploymentState, usualLimits } from '../deployments/index.ts';
import { deploymentFindings } from './deployment-findings.ts';
import { registrationFindings } from './noun-findings.ts';

const now = new Date('2026-01-02T00:00:00Z');
const hourMs = 3_600_000;

function deployment(standing: DeploymentState, ageMs: number): Deployment {
  const at = new Date(now.getTime() - ageMs);
  const target = { kind: 'environment', arn: 'arn:e', createdAt: at, environmentName: 'e' } as const;
  return { id: 'd' as never, target, operation: 'create', standing, createdAt: at, modifiedAt: at };
}

const work = { id: 'd', kind: 'deploy', state: 'running', executorId: 'x', since: now } as const;
const applying: DeploymentState = { state: 'applying', plan: 'p' as never };
const cancelling: DeploymentState = { state: 'cancelling', cancellation: { reason: '', at: '' } };

const cases = [
  { name: 'just requested', standing: { state: 'requested' }, ageMs: 1_000, works: false, found: [] },
  {
    name: 'requested and left',
    standing: { state: 'requested' },
    ageMs: 120_000,
    works: false,
    found: ['deployment-not-taken-up'],
  },
  { name: 'applying for long, within its limit', standing: applying, ageMs: 11 * hourMs, works: true, found: [] },
  {
    name: 'applying beyond its limit',
    standing: applying,
    ageMs: 13 * hourMs,
    works: true,
    found: ['deployment-overdue'],
  },
  {
    name: 'cancelling beyond its limit',
    standing: cancelling,
    ageMs: 7 * hourMs,
    works: true,
    found: ['deployment-overdue'],
  },
  {
    name: 'applying, and nobody works on it',
    standing: applying,
    ageMs: 120_000,
    works: false,
    found: ['deployment-without-work'],
  },
  {
    name: 'waiting for an hour',
    standing: { state: 'waiting', plan: 'p' as never },
    ageMs: hourMs,
    works: true,
    found: [],
  },
  {
    name: 'waiting for two days',
    standing: { state: 'waiting', plan: 'p' as never },
    ageMs: 48 * hourMs,
    works: true,
    found: ['deployment-awaits-approval'],
  },
  { name: 'next in turn', standing: { state: 'queued' }, ageMs: 48 * hourMs, works: false, found: [] },
] satisfies { name: string; standing: DeploymentState; ageMs: number; works: boolean; found: string[] }[];

test.each(cases)('$name', ({ standing, ageMs, works, found }) => {
  const findings = deploymentFindings([deployment(standing, ageMs)], works ? [work] : [], true, usualLimits, now);
  expect(findings.map(({ finding }) => finding)).toEqual(found);
});

test('where there is more work than was looked at, nothing is said to be without', () => {
  expect(deploymentFindings([deployment(applying, 120_000)], [], false, usualLimits, now)).toEqual([]);
});

test('a version that is being registered for too long, and how to give it up', () => {
  const version = { kind: 'service', templateName: 't', major: 1, minor: 2 } as const;
  const at = (ms: number) => [{ ...version, createdAt: new Date(now.getTime() - ms) }] as never;
  expect(registrationFindings(at(60_000), now)).toEqual([]);
  expect(registrationFindings(at(hourMs), now)).toMatchObject([
    {
      finding: 'registration-stuck',
      remedy: expect.stringContaining('delete-service-template-version --template-name t'),
    },
  ]);
});
