import type { Expression } from '../syntax/syntax-tree.ts';
import { type Bindings, membersOf, type Path } from './bindings.ts';
import { pathsOf } from './path-of.ts';

/** The paths that are there when an expression is true. */
export function assuredBy(test: Expression, scope: Bindings): Path[] {
  switch (test.kind) {
    case 'test': {
      const isPresent = test.name === 'defined' ? !test.negated : test.name === 'undefined' && test.negated;
      return isPresent ? pathsOf(test.target, scope) : [];
    }
    case 'not':
      return assuredByFalse(test.operand, scope);
    case 'and':
      return [...assuredBy(test.left, scope), ...assuredBy(test.right, scope)];
    case 'compare': {
      // `'name' in inputs`
      const [only, ...others] = test.rest;
      if (!only || others.length > 0 || only.operator !== 'in' || test.first.kind !== 'constant') return [];
      return membersOf(pathsOf(only.operand, scope), String(test.first.value));
    }
    case 'filter':
      // the value of `x | default(false)` is true: x is there, as nobody would guard by a default that is true
      return isDefault(test.name) ? pathsOf(test.target, scope) : [];
    case 'call':
      return test.callee.kind === 'attribute' && test.callee.name === 'get' ? pathsOf(test, scope) : [];
    default:
      return [];
  }
}

/** The paths that are there when an expression is false. */
export function assuredByFalse(test: Expression, scope: Bindings): Path[] {
  switch (test.kind) {
    case 'test':
      return assuredBy({ ...test, negated: !test.negated }, scope);
    case 'not':
      return assuredBy(test.operand, scope);
    case 'or':
      return [...assuredByFalse(test.left, scope), ...assuredByFalse(test.right, scope)];
    case 'compare': {
      const [only, ...others] = test.rest;
      if (!only || others.length > 0 || only.operator !== 'not in') return [];
      return assuredBy({ ...test, rest: [{ ...only, operator: 'in' }] }, scope);
    }
    default:
      return [];
  }
}

export function isDefault(filter: string): boolean {
  return filter === 'default' || filter === 'd';
}
