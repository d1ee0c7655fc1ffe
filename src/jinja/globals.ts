import { pairs } from './container-methods.ts';
import type { Meter } from './limits.ts';
import { Call } from './signature.ts';
import { Callable, Dict, fail, Namespace, Range, TemplateFailure, type Value } from './values.ts';

/** How many numbers a range may have, as in Jinja's sandbox. */
const rangeMax = 100_000;

function integers(name: string, args: readonly Value[]): bigint[] {
  return args.map((value) => {
    if (typeof value === 'bigint' || typeof value === 'boolean') return BigInt(value);
    return fail(`${name}() needs integers`);
  });
}

/** The names that every template has without being given them. */
export function createGlobals(meter: Meter): ReadonlyMap<string, Value> {
  const globals = [
    new Callable('range', (args) => {
      const numbers = integers('range', args);
      if (numbers.length < 1 || numbers.length > 3) return fail(`range expected 1 to 3 arguments, got ${args.length}`);
      const [start, stop, step = 1n] =
        numbers.length === 1 ? [0n, numbers[0] as bigint] : (numbers as [bigint, bigint, bigint?]);
      if (step === 0n) return fail('range() arg 3 must not be zero');
      const range = new Range(start, stop, step);
      if (range.length > rangeMax) {
        throw new TemplateFailure(
          'template-limit',
          `Range too big. A template may make ranges of at most ${rangeMax} numbers.`,
        );
      }
      meter.step(range.length);
      return range;
    }),
    new Callable('dict', (args, keywords) => {
      if (args.length > 1) return fail(`dict expected at most 1 argument, got ${args.length}`);
      return Dict.from([...(args[0] === undefined ? [] : pairs(args[0])), ...keywords]);
    }),
    new Callable('namespace', (args, keywords) => {
      const namespace = new Namespace();
      for (const [name, value] of [...(args[0] === undefined ? [] : pairs(args[0])), ...keywords]) {
        namespace.members.set(String(name), value);
      }
      return namespace;
    }),
    new Callable('cycler', (items) => {
      if (items.length === 0) return fail('at least one item has to be provided');
      let at = 0;
      const attributes = new Map<string, Value>();
      const look = () => attributes.set('current', items[at] as Value);
      attributes.set(
        'next',
        new Callable('next', () => {
          const current = items[at] as Value;
          at = (at + 1) % items.length;
          look();
          return current;
        }),
      );
      attributes.set(
        'reset',
        new Callable('reset', () => {
          at = 0;
          look();
          return null;
        }),
      );
      look();
      return new Callable('cycler', () => fail("'Cycler' object is not callable"), attributes, 'Cycler');
    }),
    new Callable('joiner', (args, keywords) => {
      const separator = new Call('joiner', ['sep?'], args, keywords).value('sep', ', ');
      let used = false;
      return new Callable('joiner', () => {
        if (used) return separator;
        used = true;
        return '';
      });
    }),
    new Callable('lipsum', () => {
      throw new TemplateFailure('template-forbidden', 'lipsum() makes random text; a rendering must be repeatable.');
    }),
  ];
  return new Map(globals.map((callable) => [callable.name, callable]));
}
