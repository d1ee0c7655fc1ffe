/** Clock: what time it is, as a value that tests can replace. */
export { type Clock, systemClock } from './clock.ts';
