/** The thread in which deployed things are judged: a hostile template holds only this thread, and not for long. */
import { answerJobs } from '../../threads/index.ts';
import { type JudgeAnswer, type JudgeJob, judgeJobs } from './judge-job.ts';

answerJobs<JudgeJob, JudgeAnswer>(judgeJobs());
