import { type Context, createContext, Script } from 'node:vm';

/** Milliseconds that a pattern may take. Honest ones need microseconds. */
const timeMsMax = 50;

const script = new Script('new RegExp(pattern).test(text)');
let context: Context | undefined;

/**
 * Whether the whole text matches a pattern from a template; `too-slow` for a pattern that tries for ever.
 * The service's patterns are Java's: what JavaScript cannot read (`(?i)`, `\p{Alpha}`, `a++`) is not checked here and
 * counts as matching, because the service would take it. The template's author is not trusted, so the match runs
 * where it can be stopped.
 */
export function matchesAllowedPattern(pattern: string, text: string): boolean | 'too-slow' {
  context ??= createContext(Object.create(null));
  context.pattern = `^(?:${pattern})$`;
  context.text = text;
  try {
    return script.runInContext(context, { timeout: timeMsMax }) as boolean;
  } catch (error) {
    return (error as { code?: string }).code === 'ERR_SCRIPT_EXECUTION_TIMEOUT' ? 'too-slow' : true;
  }
}
