import type { Examination } from '../doctor/index.ts';

/** Exit codes: 0 nothing is stuck, 1 something is. Warnings alone are 0. */
export function reportExamination(examination: Examination, json: boolean): void {
  console.log(json ? JSON.stringify(examination, null, 2) : examinationText(examination));
  if (examination.findings.some(({ severity }) => severity === 'error')) process.exitCode = 1;
}

export function examinationText({ findings, seen }: Examination): string {
  const looked = `Looked at ${seen.nodes} processes, ${seen.work} pieces of work and ${seen.deployments} deployments under way.`;
  if (findings.length === 0) return `${looked}\nNothing is stuck.`;
  const texts = findings.map(
    ({ severity, finding, subject, message, remedy }) =>
      `${severity} ${finding}: ${subject}\n  ${message}\n  -> ${remedy}`,
  );
  return [...texts, looked].join('\n\n');
}
