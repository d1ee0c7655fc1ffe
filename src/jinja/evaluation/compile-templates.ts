import { iterator } from '../python/iteration.ts';
import { reprText, str } from '../python/printing.ts';
import { defined, fail, isText, textOf, Undefined, type Value } from '../python/values.ts';
import type {
  BlockStatement,
  Expression,
  FromImportStatement,
  ImportStatement,
  IncludeStatement,
} from '../syntax/syntax-tree.ts';
import { TemplateSyntaxFailure } from '../syntax/token.ts';
import { compileExpression } from './expressions.ts';
import { namesLoaded } from './names-loaded.ts';
import type { Place } from './place.ts';
import { Context, type Scope } from './rendering-state.ts';
import { compileBody, type Execute } from './statements.ts';
import {
  type Compiled,
  findTemplate,
  moduleOf,
  noSuchTemplate,
  runBlock,
  runTemplate,
  type TemplateModule,
} from './templates.ts';

/** A place where a template can extend, override or fill in another. */
export function compileBlock(node: BlockStatement, place: Place): Execute {
  const { name, required, scoped } = node;
  const used = namesLoaded(node.body);
  place.blocks.set(name, {
    name,
    // a block does not belong to the place where it stands: it sees neither its variables nor its settings
    run: compileBody(node.body, { ...place, isSoft: false, escapes: false, isOutside: false, isTop: false }),
    usesSelf: used.has('self'),
    usesSuper: used.has('super'),
  });
  return (scope, out) => {
    if (place.isTop && scope.run.parent) return;
    const { rendering, context } = scope;
    const inner = scoped ? new Context(scope.all(), context.blocks, context.escaping) : context;
    const [body, ...others] = inner.blocks.get(name) ?? [];
    rendering.at(place.source, node.offset);
    if (!body) throw new Error(`block ${name} was compiled but is not there`);
    if (required && others.length === 0) return fail(`Required block '${name}' not found`);
    runBlock(rendering, inner, body, out);
  };
}

export function compileExtends(
  node: { readonly template: Expression; readonly offset: number },
  place: Place,
): Execute {
  if (!place.isTop) throw new TemplateSyntaxFailure('cannot use extend from a non top-level scope', node.offset);
  const find = compileTemplateName(node.template, place);
  if (!place.isSoft) place.extension.isKnown = true;
  return (scope) => {
    scope.rendering.at(place.source, node.offset);
    if (scope.run.parent) return fail('extended multiple times');
    const parent = find(scope);
    scope.run.parent = parent;
    for (const [name, bodies] of parent.blocks) {
      scope.context.blocks.set(name, [...(scope.context.blocks.get(name) ?? []), ...bodies]);
    }
  };
}

/** The template that an expression names. */
function compileTemplateName(node: Expression, place: Place): (scope: Scope) => Compiled {
  const evaluate = compileExpression(node, place);
  return (scope) => {
    const value = defined(evaluate(scope));
    scope.rendering.at(place.source, node.offset);
    const name = str(value, scope.rendering);
    const template = isText(value) ? findTemplate(scope.rendering, textOf(value), place.names) : undefined;
    return template ?? noSuchTemplate(name);
  };
}

export function compileInclude(node: IncludeStatement, place: Place): Execute {
  const evaluate = compileExpression(node.template, place);
  const { ignoreMissing, withContext } = node;
  return (scope, out) => {
    const { rendering } = scope;
    const wanted = evaluate(scope);
    rendering.at(place.source, node.template.offset);
    rendering.meter.step();
    const template = firstTemplate(scope, wanted, ignoreMissing, place);
    if (!template) return;
    if (!withContext) return out.append(moduleOf(template, rendering).output);
    const context = new Context(scope.all(), template.blocks);
    rendering.within(context, () => runTemplate(template, rendering, context, out));
  };
}

/** A name, or several of which the first that exists counts. */
function firstTemplate(scope: Scope, wanted: Value, ignoreMissing: boolean, place: Place): Compiled | undefined {
  const { rendering } = scope;
  const names: string[] = [];
  if (isText(wanted)) names.push(textOf(wanted));
  else {
    const each = iterator(defined(wanted));
    for (let next = each.next(); !next.done; next = each.next()) {
      if (!(next.value instanceof Undefined)) names.push(str(next.value, rendering));
    }
  }
  for (const name of names) {
    const template = findTemplate(rendering, name, place.names);
    if (template) return template;
  }
  return ignoreMissing ? undefined : noSuchTemplate(names.join("', '"));
}

/** Runs a template for the names that it sets; what it writes is kept, in case the module is printed. */
function compileModule(node: ImportStatement | FromImportStatement, place: Place): (scope: Scope) => TemplateModule {
  const find = compileTemplateName(node.template, place);
  return (scope) => {
    const template = find(scope);
    scope.rendering.meter.step();
    return moduleOf(template, scope.rendering, node.withContext ? scope.all() : undefined);
  };
}

export function compileImport(node: ImportStatement, place: Place): Execute {
  const module = compileModule(node, place);
  return (scope) => scope.setImported(node.alias, { value: module(scope), reads: [] });
}

export function compileFromImport(node: FromImportStatement, place: Place): Execute {
  const module = compileModule(node, place);
  return (scope) => {
    const from = module(scope);
    const { line, file } = place.source.position(node.offset);
    for (const { name, alias } of node.names) {
      const missing = () =>
        new Undefined(
          `the template ${from.quotedName} (imported on line ${line} in ${reprText(file)}) does not export the requested name '${name}'`,
        );
      scope.setImported(alias, from.variable(name) ?? { value: missing(), reads: [] });
    }
  };
}
