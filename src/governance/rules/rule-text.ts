/**
 * Limits of a text of rules, checked before it is parsed: Cedar recurses, and a rule that is nested or chained deep
 * enough takes the whole evaluator with it (tried: 300 brackets, 1,000 times `&&`). Far above what people write.
 */
export const ruleTextLimits = { characters: 32_768, rules: 60, nesting: 24, operatorsOfRule: 200 } as const;

const token = /\/\/[^\n]*|"(?:[^"\\]|\\.)*"|[A-Za-z0-9_]+|&&|\|\||[=!<>]=|::|[^\sA-Za-z0-9_]/gs;
const noOperators = new Set([...'()[]{},;:@', '::']);
const wordOperators = new Set(['if', 'has', 'like', 'in', 'is']);

/** What is too much, and where in the text, in characters; undefined: nothing. */
export function tooIntricate(text: string): { readonly at: number; readonly message: string } | undefined {
  const { characters, rules, nesting, operatorsOfRule } = ruleTextLimits;
  if (text.length > characters) return { at: 0, message: `the text is longer than ${characters} characters` };
  if (!text.isWellFormed()) return { at: 0, message: 'the text is not well-formed Unicode' };
  let depth = 0;
  let ended = 0;
  let operators = 0;
  for (const { 0: symbol, index: at } of text.matchAll(token)) {
    if (symbol.startsWith('//') || symbol.startsWith('"')) continue;
    if ('([{'.includes(symbol)) depth += 1;
    if (')]}'.includes(symbol)) depth -= 1;
    if (symbol === ';') [ended, operators] = [ended + 1, 0];
    if (/^\w/.test(symbol) ? wordOperators.has(symbol) : !noOperators.has(symbol)) operators += 1;
    if (depth > nesting) return { at, message: `brackets are nested deeper than ${nesting}` };
    if (operators > operatorsOfRule) return { at, message: `the rule has more than ${operatorsOfRule} operators` };
    if (ended > rules) return { at, message: `there are more than ${rules} rules` };
  }
  return undefined;
}
