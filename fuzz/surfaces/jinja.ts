import { ok } from 'node:assert/strict';
import fc from 'fast-check';
import { namesRead, originIn, parseTemplate, renderTemplate } from '../../src/jinja/index.ts';
import { exampleBundles, exampleData } from '../example-texts.ts';
import { surface } from '../surface.ts';
import { editedText } from '../text-edits.ts';
import { expectPosition, expectRefusal } from '../well-formed.ts';
import { jinjaWords } from '../words.ts';

const rich = `{% macro tag(name, value="x") -%}
{{ name|upper }}{{ varargs|length }}: {{ [value, kwargs.a|default("")]|join("-")|tojson }}
{%- endmacro %}
{% set ns = namespace(count=0) %}
{% for key, each in {"a": [1, 2.5], "b": "text"}|dictsort if each %}
{{ loop.index }}/{{ loop.length }} {{ tag(key, each, a=1) }}{% set ns.count = ns.count + 1 %}
{% else %}none{% endfor %}
{% filter indent(2) %}{% include "neighbour" ignore missing with context %}{% endfilter %}
{% if ns.count is divisibleby 2 and "b" in "abc" %}{{ "%05.2f"|format(3.14159) }}{% elif true %}{{ "a,b".split(",")[-1] }}{% endif %}
{% call(x) tag("y") %}{{ x }}{% endcall %}{{ (1, 2)[0] ~ 2 ** 3 // 3 }}{# done #}
`;
const neighbour = '{% block b %}neighbour {{ environment.name }}{% endblock %}{% macro m(a) %}{{ a }}{% endmacro %}';
const file = 'template';

/** Steps alone must end a rendering: no clock decides here. */
const limits = { steps: 100_000, outputLength: 200_000, timeMs: Number.POSITIVE_INFINITY };

export const jinjaSurface = surface({
  name: 'jinja',
  share: 1_800,
  async open() {
    const texts = exampleBundles.flatMap(({ files }) =>
      Object.entries(files).flatMap(([path, text]) => (path.endsWith('cloudformation.yaml') ? [text] : [])),
    );
    const network = exampleBundles.find(({ kind }) => kind === 'environment')!;
    const web = exampleBundles.find(({ name }) => name === 'web-service/v1')!;
    const data = {
      ...exampleData(web, 'pipeline'),
      ...exampleData(web, 'instance'),
      ...exampleData(network, 'environment'),
      x: { a: [1, -2.5, 'text', null, true], __class__: 1 },
      y: 'text'.repeat(20),
    };
    return {
      inputs: fc.oneof(
        editedText(texts, jinjaWords),
        editedText([rich, neighbour], jinjaWords),
        fc.array(fc.constantFrom(...jinjaWords), { maxLength: 12 }).map((words) => words.join('')),
      ),
      tryInput(text) {
        const texts: Readonly<Record<string, string>> = { [file]: text, neighbour };
        const textOf = (name: string) => texts[name];
        const parsed = parseTemplate(text, file);
        if (!parsed.ok) return expectRefusal(parsed.refusal, textOf);
        for (const { position } of namesRead(parsed.value)) expectPosition(position, text);
        const load = (name: string) => (name === 'neighbour' ? neighbour : name === file ? text : undefined);
        const rendered = renderTemplate(parsed.value, data, { limits, load });
        if (!rendered.ok) return expectRefusal(rendered.refusal, textOf);
        ok(rendered.value.text.length <= limits.outputLength);
        const origin = originIn(rendered.value.text, rendered.value.sourceMap, 1, 1);
        if (origin) expectPosition(origin.position, texts[origin.position.file]);
        return 'taken';
      },
      stillServes() {
        for (const text of [...texts, rich]) {
          const parsed = parseTemplate(text, file);
          ok(parsed.ok, 'an example is not read any more');
        }
      },
    };
  },
});
