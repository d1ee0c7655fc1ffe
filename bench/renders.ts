import { preparePython } from '../peers/prepare-python.ts';
import { parseTemplate, renderTemplate, type Template } from '../src/jinja/index.ts';
import type { Figure, MeasureContext, Measured } from './figure.ts';
import { type BenchCase, corpusCases, exampleCases } from './render-cases.ts';
import { openRenderPeer, type PeerResult } from './render-peer.ts';
import { median } from './statistics.ts';

const roundsMin = 15;
/** Few cases are rendered more often: so many renderings at least are measured. */
const renderingsMin = 2_500;

const kinds = ['parseAndRender', 'render'] as const;
type Kind = (typeof kinds)[number];
/** The seconds that rounds took; a round renders every case once. */
type Times = Readonly<Record<Kind, number[]>>;

/** Renders a second, by our engine and by Python's Jinja2, on the cases that both render to the same text. */
export async function measureRenders({ corpus, say }: MeasureContext): Promise<Measured> {
  const all = corpus === undefined ? await exampleCases() : corpusCases(corpus);
  say('preparing Python');
  const peer = openRenderPeer(preparePython().python);
  try {
    say(`comparing ${all.length} texts`);
    const asked = await peer.ask<{ python: string; jinja2: string; results: PeerResult[] }>({ cases: all });
    const same = sameCases(all, asked.results);
    await peer.ask({ keep: same.map((each) => all.indexOf(each)) });

    const rounds = Math.max(roundsMin, Math.ceil(renderingsMin / same.length));
    const warmUps = Math.ceil(rounds / 3);
    say(`${warmUps + rounds} rounds of ${same.length} cases, here and in Python in turns`);
    const ours: Times = { parseAndRender: [], render: [] };
    const theirs: Times = { parseAndRender: [], render: [] };
    const run = ownRounds(same);
    for (let round = 0; round < warmUps + rounds; round += 1) {
      for (const kind of kinds) {
        const begun = performance.now();
        run[kind]();
        const own = (performance.now() - begun) / 1000;
        const { seconds } = await peer.ask<{ seconds: number }>({ round: kind });
        if (round < warmUps) continue;
        ours[kind].push(own);
        theirs[kind].push(seconds);
      }
    }

    const source = corpus === undefined ? "the repository's examples (no --corpus was given)" : 'the corpus';
    const how = `number of cases through the median time of a round over ${same.length} cases of ${source}, both in turns; ${warmUps} rounds before were not counted`;
    const figure = (name: string, kind: Kind, what: string): Figure => ({
      name,
      unit: '/s',
      better: 'more',
      value: same.length / median(ours[kind]),
      samples: rounds,
      how: `${what}, in one thread, with limits and source map as always; ${how}`,
      baseline: {
        name: `Python ${asked.python}, Jinja2 ${asked.jinja2}`,
        value: same.length / median(theirs[kind]),
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
        `${same.length} cases of ${source}, each rendered to the same text by both before; ${all.length - same.length} more were left out: they read filters of Proton's own, which Python's Jinja2 does not have.`,
      ],
      peers: { python: asked.python, jinja2: asked.jinja2 },
    };
  } finally {
    peer.close();
  }
}

/**
 * The cases that can be compared: all but those that read a filter which is not Jinja's but Proton's.
 * @throws when an engine fails where the other does not, or their texts differ: then speed says nothing
 */
function sameCases(cases: readonly BenchCase[], results: readonly PeerResult[]): BenchCase[] {
  return cases.filter((each, index) => {
    const peer = results[index]!;
    if ('failed' in peer && /No filter named 'proton_/.test(peer.failed)) return false;
    const rendered = renderTemplate(parsed(each), each.data);
    if (!rendered.ok) throw new Error(`${each.name}: ${rendered.refusal.message}`);
    if ('failed' in peer) throw new Error(`${each.name}: Python says ${peer.failed}`);
    if (rendered.value.text !== peer.text) throw new Error(`${each.name}: the two texts differ`);
    return true;
  });
}

function parsed({ name, file, text }: BenchCase): Template {
  const template = parseTemplate(text, file);
  if (!template.ok) throw new Error(`${name}: ${template.refusal.message}`);
  return template.value;
}

function ownRounds(cases: readonly BenchCase[]): Record<Kind, () => void> {
  const templates = cases.map((each) => ({ template: parsed(each), data: each.data }));
  return {
    parseAndRender() {
      for (const each of cases) renderTemplate(parsed(each), each.data);
    },
    render() {
      for (const { template, data } of templates) renderTemplate(template, data);
    },
  };
}
