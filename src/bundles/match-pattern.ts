import { setFlagsFromString } from 'node:v8';

// A pattern of a template and a value of a user meet here, and neither is trusted. V8 gives up a slow backtracking match
// and goes on with its linear engine; what that engine cannot do (look-around, back-references) is refused when a schema
// is registered.
setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks');

const compiled = new Map<string, RegExp>();

/** Whether a pattern is found anywhere in a text, as OpenAPI demands: patterns are not anchored. */
export function matchesPattern(pattern: string, text: string): boolean {
  let expression = compiled.get(pattern);
  if (!expression) {
    if (compiled.size > 5_000) compiled.clear();
    expression = new RegExp(pattern);
    compiled.set(pattern, expression);
  }
  return expression.test(text);
}
