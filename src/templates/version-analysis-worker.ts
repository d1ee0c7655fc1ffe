/** The thread in which versions are compared, and upgrades of inputs tried: both render bundles that nobody vouches for. */
import { answerJobs } from '../threads/index.ts';
import { answerQuestion } from './version-analysis.ts';

answerJobs(answerQuestion);
