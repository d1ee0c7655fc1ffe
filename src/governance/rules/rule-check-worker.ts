/** The thread in which rules that somebody wrote are checked, with an evaluator of its own. */
import { answerJobs } from '../../threads/index.ts';
import { loadCedar } from './cedar.ts';
import { checkRuleSet, type RuleSetText } from './read-rule-set.ts';

const cedar = await loadCedar();
answerJobs((given: RuleSetText) => checkRuleSet(cedar, given));
