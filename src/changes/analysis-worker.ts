/** The thread in which stacks are compared: a template of a megabyte takes its time, and holds only this thread. */
import { answerJobs } from '../threads/index.ts';
import { analyseStackChange } from './analyse-stack-change.ts';

answerJobs(analyseStackChange);
