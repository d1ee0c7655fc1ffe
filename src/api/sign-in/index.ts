/**
 * Sign-in: where browsers go to a provider of OpenID Connect and come back from, under /auth.
 *
 * Lives here: the pages' addresses and cookies. Never here: a page, who somebody is (identity says so). Start at
 * sign-in-door.ts.
 */
export { sessionIn } from './session-cookie.ts';
export { csrfWrong, type SignInDoorTools, signInDoor } from './sign-in-door.ts';
