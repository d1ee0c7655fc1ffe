import { Namespace } from '../python/instances.ts';
import { unpacked } from '../python/iteration.ts';
import { escaped } from '../python/markup.ts';
import { str } from '../python/printing.ts';
import { fail, isText, Markup, textOf, typeName, type Value } from '../python/values.ts';
import type { AssignTarget, Body, Expression, Statement } from '../syntax/syntax-tree.ts';
import { compileBlock, compileExtends, compileFromImport, compileImport, compileInclude } from './compile-templates.ts';
import { compileCondition, compileExpression, compileFilterCalls, type Evaluate } from './expressions.ts';
import { compileFor } from './loops.ts';
import { compileCallBlock, compileMacro } from './macros.ts';
import { Output } from './output.ts';
import type { Place } from './place.ts';
import type { Scope, Variable } from './rendering-state.ts';

export type Execute = (scope: Scope, out: Output) => void;

export function compileBody(statements: Body, place: Place): Execute {
  const parts: Execute[] = [];
  for (const statement of statements) {
    const isSecondExtends = statement.kind === 'extends' && place.extension.isKnown;
    parts.push(compileStatement(statement, place));
    if (isSecondExtends) break; // it always fails: what follows is never reached
  }
  const [only] = parts;
  if (only && parts.length === 1) return only;
  return (scope, out) => {
    for (const part of parts) part(scope, out);
  };
}

function compileStatement(node: Statement, place: Place): Execute {
  switch (node.kind) {
    case 'data':
      return compileData(node.text, node.offset, place);
    case 'output':
      return compileOutput(node.expression, node.offset, place);
    case 'for':
      return compileFor(node, place);
    case 'if':
      return compileIf(node, place);
    case 'set': {
      const value = compileValue(node.value, place);
      const assign = compileAssign(node.target, place);
      return (scope) => assign(scope, value(scope));
    }
    case 'set-block': {
      const capture = compileCapture(node.body, node.filters, { ...place, isOutside: false });
      const assign = compileAssign(node.target, place);
      return (scope) => {
        const { rendering } = scope;
        const { result, reads } = rendering.reading(() => capture(scope));
        const value = node.filters.length === 0 && rendering.escapes ? new Markup(str(result, rendering)) : result;
        assign(scope, rendering.variable(value, reads));
      };
    }
    case 'with':
      return compileWith(node, place);
    case 'macro': {
      const macro = compileMacro(node.name, node.parameters, node.body, place);
      return (scope) => scope.set(node.name, { value: macro(scope), reads: [] });
    }
    case 'call-block':
      return compileCallBlock(node, place);
    case 'filter-block': {
      const capture = compileCapture(node.body, node.filters, place);
      return (scope, out) => emitText(scope, out, place, node.offset, () => capture(scope));
    }
    case 'block':
      return compileBlock(node, place);
    case 'extends':
      return compileExtends(node, place);
    case 'include':
      return compileInclude(node, place);
    case 'import':
      return compileImport(node, place);
    case 'from-import':
      return compileFromImport(node, place);
    case 'autoescape':
      return compileAutoescape(node, place);
  }
}

/** A place inside something that has variables of its own. */
export function innerPlace(place: Place): Place {
  return { ...place, isTop: false, isSoft: false };
}

function compileData(text: string, offset: number, { source, isOutside }: Place): Execute {
  return (scope, out) => {
    scope.rendering.meter.step();
    if (isOutside && scope.run.parent) return;
    out.write({ text, source, offset, reads: undefined });
  };
}

/** Evaluates and prints one value, noting which inputs were read for it. */
function compileOutput(expression: Expression, offset: number, place: Place): Execute {
  if (place.isOutside && place.extension.isKnown) return () => undefined;
  const evaluate = compileExpression(expression, place);
  const indentation = place.source.indentationBefore(offset);
  return (scope, out) => {
    if (place.isOutside && scope.run.parent) return;
    const { rendering } = scope;
    const before = rendering.indentation;
    rendering.indentation = indentation;
    emit(scope, out, place, expression.offset, evaluate);
    rendering.indentation = before;
  };
}

function emit(scope: Scope, out: Output, { source, escapes }: Place, offset: number, evaluate: Evaluate): void {
  const { rendering } = scope;
  rendering.meter.step();
  const { result: text, reads } = rendering.reading(() => {
    const value = evaluate(scope);
    rendering.at(source, offset);
    return (escapes ?? rendering.escapes) ? escaped(value, rendering) : str(value, rendering);
  });
  out.write({ text, source, offset, reads });
}

/** Writes what a `filter` or `call` block gives: it has to be text, which is neither printed nor escaped once more. */
export function emitText(scope: Scope, out: Output, { source }: Place, offset: number, evaluate: () => Value): void {
  const { rendering } = scope;
  rendering.meter.step();
  const { result: text, reads } = rendering.reading(() => {
    const value = evaluate();
    rendering.at(source, offset);
    return isText(value) ? textOf(value) : fail(`the block gives ${typeName(value)}, and only a str can be written`);
  });
  out.write({ text, source, offset, reads });
}

/** A value together with the inputs that were read to make it. */
export function compileValue(node: Expression, place: Place): (scope: Scope) => Variable {
  const evaluate = compileExpression(node, place);
  return (scope) => {
    const { result, reads } = scope.rendering.reading(() => evaluate(scope));
    return scope.rendering.variable(result, reads);
  };
}

/** What a body writes, as text. */
export function capture(scope: Scope, body: Execute): string {
  const { rendering } = scope;
  const out = new Output(rendering.meter);
  body(scope, out);
  for (const read of out.reads()) rendering.reads.add(read);
  return out.text();
}

/** What a body writes, changed by filters, which see what the body has set. */
function compileCapture(
  statements: Body,
  filters: Parameters<typeof compileFilterCalls>[0],
  place: Place,
): (scope: Scope) => Value {
  const inside = innerPlace(place);
  const body = compileBody(statements, inside);
  const change = compileFilterCalls(filters, inside);
  return (scope) => {
    const inner = scope.inner();
    const text = capture(inner, body);
    return change(inner, (place.escapes ?? scope.rendering.escapes) && filters.length > 0 ? new Markup(text) : text);
  };
}

function compileIf(node: Extract<Statement, { kind: 'if' }>, place: Place): Execute {
  const soft = { ...place, isSoft: true };
  const branches = node.branches.map(({ test, body }) => ({
    test: compileCondition(test, soft),
    body: compileBody(body, soft),
  }));
  const otherwise = compileBody(node.otherwise, soft);
  return (scope, out) => {
    scope.rendering.meter.step();
    for (const { test, body } of branches) if (test(scope)) return body(scope, out);
    otherwise(scope, out);
  };
}

function compileWith(node: Extract<Statement, { kind: 'with' }>, place: Place): Execute {
  const inside = innerPlace(place);
  const assignments = node.assignments.map(({ target, value }) => ({
    assign: compileAssign(target, inside),
    value: compileValue(value, place),
  }));
  const body = compileBody(node.body, inside);
  return (scope, out) => {
    const inner = scope.inner();
    for (const { assign, value } of assignments) assign(inner, value(scope));
    body(inner, out);
  };
}

/** Gives a value to what a `set`, `for` or `with` names. */
export function compileAssign(target: AssignTarget, place: Place): (scope: Scope, variable: Variable) => void {
  const { source } = place;
  switch (target.kind) {
    case 'name':
      return (scope, variable) => scope.set(target.name, variable);
    case 'namespace':
      return (scope, { value }) => {
        const owner = scope.find(target.name)?.value;
        scope.rendering.at(source, target.offset);
        if (!(owner instanceof Namespace)) return fail('cannot assign attribute on non-namespace object');
        owner.set(target.attribute, value);
      };
    case 'tuple': {
      const parts = target.items.map((each) => compileAssign(each, place));
      return (scope, { value, reads }) => {
        const { rendering } = scope;
        rendering.at(source, target.offset);
        const items = unpacked(value, parts.length, rendering.meter);
        const origin = rendering.origins.pathOf(value);
        const known = origin === undefined ? reads : [origin];
        for (const [index, assign] of parts.entries()) assign(scope, rendering.variable(items[index] as Value, known));
      };
    }
  }
}

function compileAutoescape(node: Extract<Statement, { kind: 'autoescape' }>, place: Place): Execute {
  const wanted = compileCondition(node.wanted, place);
  const escapes = node.wanted.kind === 'constant' ? Boolean(node.wanted.value) : undefined;
  const body = compileBody(node.body, { ...innerPlace(place), escapes });
  return (scope, out) => {
    const { escaping } = scope.context;
    const before = escaping.isOn;
    escaping.isOn = wanted(scope);
    body(scope.inner(), out);
    escaping.isOn = before;
  };
}
