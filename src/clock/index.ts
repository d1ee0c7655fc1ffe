/** Clock: what time it is, as a value that tests can replace; and work that is done again and again. */
export { type Clock, systemClock } from './clock.ts';
export { type RepeatedWork, type RepeatedWorkOptions, repeatWork } from './repeated-work.ts';
