import { answerJobs } from '../index.ts';

export interface TestJob {
  readonly text: string;
  readonly does?: 'hang' | 'throw';
}

answerJobs(({ text, does }: TestJob): string => {
  if (does === 'throw') throw new Error(`${text} is thrown`);
  while (does === 'hang') text.toUpperCase();
  return text.toUpperCase();
});
