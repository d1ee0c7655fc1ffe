import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { preparePython } from '../peers/prepare-python.ts';
import { parseTemplate, renderTemplate, type Template } from '../src/jinja/index.ts';
import type { Figure, MeasureContext, Measured } from './figure.ts';
import { type BenchCase, corpusCases, exampleCases } from './render-cases.ts';
import { median } from './statistics.ts';

const roundsMin = 15;
/** Few cases are rendered more often: so many renderings at least are measured. */
const renderingsMin = 2_500;

/** How often a round is run, which renders every case once; those to warm up are not counted. */
interface Rounds {
  readonly warmUps: number;
  readonly rounds: number;
}

/** Seconds of each round. */
interface Times {
  readonly parseAndRender: readonly number[];
  readonly render: readonly number[];
}

/** Renders a second, by our engine and by Python's Jinja2, on the cases that both render to the same text. */
export async function measureRenders({ corpus, say }: MeasureContext): Promise<Measured> {
  const all = corpus === undefined ? await exampleCases() : corpusCases(corpus);
  say('preparing Python');
  const { python } = preparePython();
  say(`comparing ${all.length} texts`);
  const peer = askPython<{ python: string; jinja2: string; results: PeerResult[] }>(python, { cases: all });
  const { same, without } = sameCases(all, peer.results);
  const rounds = Math.max(roundsMin, Math.ceil(renderingsMin / same.length));
  const warmUps = Math.ceil(rounds / 3);
  say(`${warmUps + rounds} rounds of ${same.length} cases here`);
  const ours = ownTimes(same, { warmUps, rounds });
  say(`${warmUps + rounds} rounds of ${same.length} cases in Python`);
  const theirs = askPython<Times>(python, { cases: same, rounds, warmUps });

  const source = corpus === undefined ? "the repository's examples (no --corpus was given)" : 'the corpus';
  const how = `number of cases through the median time of a round over ${same.length} cases of ${source}; ${warmUps} rounds before were not counted`;
  const perSecond = (times: readonly number[]) => same.length / median(times);
  const figure = (name: string, kind: keyof Times, what: string): Figure => ({
    name,
    unit: '/s',
    better: 'more',
    value: perSecond(ours[kind]),
    samples: rounds,
    how: `${what}, in one thread, with limits and source map as always; ${how}`,
    baseline: {
      name: `Python ${peer.python}, Jinja2 ${peer.jinja2}`,
      value: perSecond(theirs[kind]),
      samples: rounds,
      how: `${what} by a plain Environment with StrictUndefined (no sandbox, no source map), timed inside the Python process; ${how}`,
    },
  });
  return {
    figures: [
      figure('parse and render', 'parseAndRender', 'text to template to text'),
      figure('render a parsed template', 'render', 'template to text'),
    ],
    notes: [
      `${same.length} cases of ${source}, each rendered to the same text by both before; ${without} more were left out: they read filters of Proton's own, which Python's Jinja2 does not have.`,
    ],
    peers: { python: peer.python, jinja2: peer.jinja2 },
  };
}

type PeerResult = { readonly text: string } | { readonly failed: string };

/**
 * The cases that can be compared, and how many cannot.
 * @throws when an engine fails where the other does not, or their texts differ: then speed says nothing
 */
function sameCases(cases: readonly BenchCase[], results: readonly PeerResult[]) {
  const same: BenchCase[] = [];
  let without = 0;
  for (const [index, each] of cases.entries()) {
    const peer = results[index]!;
    if ('failed' in peer && /No filter named 'proton_/.test(peer.failed)) {
      without += 1;
      continue;
    }
    const rendered = renderTemplate(parsed(each), each.data);
    if (!rendered.ok) throw new Error(`${each.name}: ${rendered.refusal.message}`);
    if ('failed' in peer) throw new Error(`${each.name}: Python says ${peer.failed}`);
    if (rendered.value.text !== peer.text) throw new Error(`${each.name}: the two texts differ`);
    same.push(each);
  }
  return { same, without };
}

function parsed({ name, file, text }: BenchCase): Template {
  const template = parseTemplate(text, file);
  if (!template.ok) throw new Error(`${name}: ${template.refusal.message}`);
  return template.value;
}

function ownTimes(cases: readonly BenchCase[], often: Rounds): Times {
  const templates = cases.map((each) => ({ template: parsed(each), data: each.data }));
  return {
    parseAndRender: timesOf(() => {
      for (const each of cases) renderTemplate(parsed(each), each.data);
    }, often),
    render: timesOf(() => {
      for (const { template, data } of templates) renderTemplate(template, data);
    }, often),
  };
}

function timesOf(runRound: () => void, { warmUps, rounds }: Rounds): number[] {
  const taken: number[] = [];
  for (let round = 0; round < warmUps + rounds; round += 1) {
    const begun = performance.now();
    runRound();
    taken.push((performance.now() - begun) / 1000);
  }
  return taken.slice(warmUps);
}

function askPython<Answer>(python: string, request: object): Answer {
  const done = spawnSync(python, [join(import.meta.dirname, 'render-peer.py')], {
    input: JSON.stringify(request),
    encoding: 'utf8',
    maxBuffer: 2 ** 30,
  });
  if (done.status !== 0) throw new Error(`Python failed: ${done.error?.message ?? done.stderr.trim()}`);
  return JSON.parse(done.stdout);
}
