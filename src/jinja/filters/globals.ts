import { entriesOf } from '../python/container-methods.ts';
import { Cycler, Joiner, Namespace } from '../python/instances.ts';
import { Call, signature } from '../python/signature.ts';
import {
  BuiltinFunction,
  Dict,
  type FunctionBody,
  fail,
  isInteger,
  Range,
  TemplateFailure,
  typeName,
  type Value,
} from '../python/values.ts';

/** How many numbers a range may have, as in Jinja's sandbox. */
const rangeMax = 100_000;

const joinerSignature = signature('joiner', ['sep?']);

function type(name: string, body: FunctionBody): BuiltinFunction {
  return new BuiltinFunction(name, body, 'type');
}

const range = type('range', (args, keywords, { meter }) => {
  if (keywords.size > 0) return fail('range() takes no keyword arguments');
  const numbers = args.map((value) =>
    isInteger(value) ? BigInt(value) : fail(`'${typeName(value)}' object cannot be interpreted as an integer`),
  );
  const [first, second, step = 1n] = numbers;
  if (first === undefined || numbers.length > 3) return fail(`range expected 1 to 3 arguments, got ${args.length}`);
  if (step === 0n) return fail('range() arg 3 must not be zero');
  const result = second === undefined ? new Range(0n, first, 1n) : new Range(first, second, step);
  if (result.length > rangeMax) {
    throw new TemplateFailure('template-limit', `Range too big: a template may make ranges of ${rangeMax} numbers.`);
  }
  meter.step();
  return result;
});

const dict = type('dict', (args, keywords, evaluator) => {
  if (args.length > 1) return fail(`dict expected at most 1 argument, got ${args.length}`);
  return Dict.from(entriesOf(args, keywords, evaluator));
});

const namespace = type('jinja2.utils.Namespace', (args, keywords, evaluator) => {
  if (args.length > 1) return fail(`dict expected at most 1 argument, got ${args.length}`);
  return new Namespace(Dict.from(entriesOf(args, keywords, evaluator)));
});

const cycler = type('jinja2.utils.Cycler', (items, keywords) => {
  if (keywords.size > 0) return fail('Cycler.__init__() got an unexpected keyword argument');
  return items.length === 0 ? fail('at least one item has to be provided') : new Cycler(items);
});

const joiner = type(
  'jinja2.utils.Joiner',
  (args, keywords) => new Joiner(new Call(joinerSignature, args, keywords).value('sep', ', ')),
);

const lipsum = new BuiltinFunction(
  'lipsum',
  () => {
    throw new TemplateFailure('template-forbidden', 'lipsum() makes random text, and a rendering must be repeatable.');
  },
  'function',
);

/** The names that every template has without being given them. */
export const globals: ReadonlyMap<string, Value> = new Map<string, Value>([
  ['range', range],
  ['dict', dict],
  ['lipsum', lipsum],
  ['cycler', cycler],
  ['joiner', joiner],
  ['namespace', namespace],
]);
