import type { Evaluator } from '../python/evaluator.ts';
import { reprText } from '../python/printing.ts';
import { Dict, fail, Instance, type Keywords, Markup, Tuple, Undefined, type Value } from '../python/values.ts';
import type { Body, CallStatement, Parameter } from '../syntax/syntax-tree.ts';
import { TemplateSyntaxFailure } from '../syntax/token.ts';
import { compileArguments, compileExpression, type Evaluate } from './expressions.ts';
import { namesLoaded } from './names-loaded.ts';
import type { Place } from './place.ts';
import type { Rendering, Scope } from './rendering-state.ts';
import { capture, compileBody, type Execute, emitText, innerPlace } from './statements.ts';

/** What is known of a macro before it is rendered. */
interface MacroShape {
  /** null for the body of a `call` block. */
  readonly name: string | null;
  readonly parameters: readonly { readonly name: string; readonly usual: Evaluate | undefined }[];
  readonly body: Execute;
  readonly catchesKeywords: boolean;
  readonly catchesPositional: boolean;
  readonly usesCaller: boolean;
}

/** @param name null for the body of a `call` block */
export function compileMacro(
  name: string | null,
  parameters: readonly Parameter[],
  statements: Body,
  place: Place,
): (scope: Scope) => Macro {
  const inside: Place = { ...innerPlace(place), isOutside: false };
  const used = namesLoaded(statements);
  checkParameters(parameters, used);
  const has = (special: string) => parameters.some((parameter) => parameter.name === special);
  const shape: MacroShape = {
    name,
    parameters: parameters.map((parameter) => ({
      name: parameter.name,
      usual: parameter.default && compileExpression(parameter.default, inside),
    })),
    body: compileBody(statements, inside),
    catchesKeywords: used.has('kwargs') && !has('kwargs'),
    catchesPositional: used.has('varargs') && !has('varargs'),
    usesCaller: used.has('caller'),
  };
  return (scope) => new Macro(shape, scope);
}

function checkParameters(parameters: readonly Parameter[], used: ReadonlySet<string>): void {
  const names = new Set<string>();
  for (const { name, default: usual, offset } of parameters) {
    if (names.has(name)) {
      throw new TemplateSyntaxFailure(`duplicate argument '${name}' in function definition`, offset);
    }
    names.add(name);
    if (name === 'caller' && !usual && used.has('caller')) {
      throw new TemplateSyntaxFailure('the special "caller" argument must be omitted or be given a default', offset);
    }
  }
}

/** `{% call(parameters) macro(arguments) %}body{% endcall %}` */
export function compileCallBlock(node: CallStatement, place: Place): Execute {
  const makeCaller = compileMacro(null, node.parameters, node.body, place);
  const callee = compileExpression(node.call.callee, place);
  const args = compileArguments(node.call.arguments, place);
  if (node.call.arguments.keywords.some(({ name }) => name === 'caller')) {
    throw new TemplateSyntaxFailure('keyword argument repeated: caller', node.call.offset);
  }
  return (scope, out) => {
    emitText(scope, out, place, node.offset, () => {
      const { rendering } = scope;
      const target = callee(scope);
      const { positional, keywords } = args(scope);
      rendering.at(place.source, node.call.offset);
      if (keywords.has('caller')) return fail("got multiple values for keyword argument 'caller'");
      return rendering.call(target, positional, new Map([...keywords, ['caller', makeCaller(scope)] as const]));
    });
  };
}

/** A macro, or the body of a `call` block, with the variables around it. */
class Macro extends Instance {
  readonly typeName = 'Macro';
  override readonly module = 'jinja2.runtime';
  readonly #shape: MacroShape;
  readonly #outer: Scope;

  constructor(shape: MacroShape, outer: Scope) {
    super();
    this.#shape = shape;
    this.#outer = outer;
  }

  override member(name: string): Value | undefined {
    const { parameters, catchesKeywords, catchesPositional, usesCaller } = this.#shape;
    switch (name) {
      case 'name':
        return this.#shape.name;
      case 'arguments':
        return new Tuple(parameters.map((parameter) => parameter.name));
      case 'catch_kwargs':
        return catchesKeywords;
      case 'catch_varargs':
        return catchesPositional;
      case 'caller':
        return usesCaller;
      case 'explicit_caller':
        return parameters.some((parameter) => parameter.name === 'caller');
      default:
        return undefined;
    }
  }

  override shown(): string {
    return `<Macro ${this.#shape.name === null ? 'anonymous' : reprText(this.#shape.name)}>`;
  }

  override call(args: readonly Value[], keywords: Keywords, evaluator: Evaluator): Value {
    const { rendering } = this.#outer;
    const scope = this.#outer.inner();
    const reads = [...rendering.reads];
    const bind = (name: string, value: Value) => scope.declare(name, rendering.variable(value, reads));
    const missing = this.#bind(args, keywords, bind);
    const text = rendering.within(scope.context, () => {
      this.#bindUsual(missing, scope, rendering);
      return capture(scope, this.#shape.body);
    });
    return evaluator.escapes ? new Markup(text) : text;
  }

  /** Binds what is given; returns the parameters for which nothing is. */
  #bind(args: readonly Value[], keywords: Keywords, bind: (name: string, value: Value) => void): Set<string> {
    const { parameters, catchesKeywords, catchesPositional, usesCaller } = this.#shape;
    const shown = this.#shape.name === null ? 'None' : reprText(this.#shape.name);
    const rest = new Map(keywords);
    const missing = new Set<string>();
    let hasCaller = args.length >= parameters.length && parameters.some(({ name }) => name === 'caller');
    for (const [index, { name }] of parameters.entries()) {
      const value = index < args.length ? args[index] : rest.get(name);
      if (index >= args.length) {
        rest.delete(name);
        hasCaller ||= name === 'caller';
      }
      if (value === undefined) missing.add(name);
      bind(name, value === undefined ? new Undefined(`'${name}' is undefined`) : value);
    }
    if (usesCaller && !hasCaller) {
      const caller = rest.get('caller');
      bind('caller', caller === undefined || caller === null ? new Undefined('No caller defined') : caller);
      rest.delete('caller');
    }
    if (catchesKeywords) bind('kwargs', Dict.from(rest));
    else if (rest.has('caller')) {
      return fail(
        `macro ${shown} was invoked with two values for the special caller argument. This is most likely a bug.`,
      );
    } else if (rest.size > 0) return fail(`macro ${shown} takes no keyword argument '${[...rest.keys()][0]}'`);
    if (catchesPositional) bind('varargs', new Tuple(args.slice(parameters.length)));
    else if (args.length > parameters.length) {
      return fail(`macro ${shown} takes not more than ${parameters.length} argument(s)`);
    }
    return missing;
  }

  /** Defaults see the parameters, those before them with their final values. */
  #bindUsual(missing: ReadonlySet<string>, scope: Scope, rendering: Rendering): void {
    for (const { name, usual } of this.#shape.parameters) {
      if (!missing.has(name)) continue;
      const { result, reads } = rendering.reading(() =>
        usual ? usual(scope) : new Undefined(`parameter '${name}' was not provided`),
      );
      scope.declare(name, rendering.variable(result, reads));
    }
  }
}
