import { afterEach, expect, test, vi } from 'vitest';
import { examinationText, reportExamination } from './doctor-command.ts';

const seen = { nodes: 1, work: 2, deployments: 3 };
const finding = {
  severity: 'error',
  finding: 'no-worker',
  subject: '1 processes run, with the role api',
  message: 'No process carries out deployments.',
  remedy: 'Start one: `deuteron server --role worker`.',
} as const;

afterEach(() => {
  process.exitCode = undefined;
  vi.restoreAllMocks();
});

test('what a person reads', () => {
  expect(examinationText({ findings: [finding], seen })).toMatchInlineSnapshot(`
    "error no-worker: 1 processes run, with the role api
      No process carries out deployments.
      -> Start one: \`deuteron server --role worker\`.

    Looked at 1 processes, 2 pieces of work and 3 deployments under way."
  `);
  expect(examinationText({ findings: [], seen })).toContain('Nothing is stuck.');
});

test('what a program reads, and the exit codes', () => {
  const said = vi.spyOn(console, 'log').mockReturnValue();
  reportExamination({ findings: [], seen }, true);
  reportExamination({ findings: [{ ...finding, severity: 'warning' }], seen }, true);
  expect(process.exitCode).toBeUndefined();
  reportExamination({ findings: [finding], seen }, true);
  expect(process.exitCode).toBe(1);
  expect(JSON.parse(String(said.mock.lastCall?.[0]))).toEqual({ findings: [finding], seen });
});
