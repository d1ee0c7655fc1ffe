/** The thread in which hostile templates may do their worst. */
import { answerJobs } from '../threads/index.ts';
import { runRenderJob } from './render-part.ts';

answerJobs(runRenderJob);
