import { basename } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { parseTemplate, renderTemplate } from '../src/jinja/index.ts';
import { parseYaml, yamlData } from '../src/yaml-source/index.ts';
import { type CorpusFolder, outcomeOf, type RenderCase, type Score, scoreOf } from './corpus-folder.ts';

export async function renderCorpus(corpus: CorpusFolder): Promise<Score> {
  return scoreOf(
    await Promise.all(corpus.renderings.map((each) => outcomeOf(each.id, () => renderCase(corpus, each)))),
  );
}

function renderCase(corpus: CorpusFolder, each: RenderCase): string | undefined {
  const template = parseTemplate(corpus.read(each.template), basename(each.template));
  const rendered = template.ok ? renderTemplate(template.value, JSON.parse(corpus.read(each.context))) : template;
  if (each.error !== undefined) {
    if (rendered.ok) return `rendered, but must fail: ${each.error}`;
    return rendered.refusal.position.line > 0 ? undefined : 'the failure has no line';
  }
  if (!rendered.ok) return rendered.refusal.message;
  if (each.expected === undefined) return 'the case names neither an expected text nor an error';
  const expected = corpus.read(each.expected);
  const { text } = rendered.value;
  if (text === expected) return undefined;
  if (each.compare === 'yaml') {
    return isDeepStrictEqual(data(text), data(expected)) ? undefined : 'the parsed YAML differs';
  }
  const at = [...expected].findIndex((character, index) => character !== text[index]);
  return `differs at character ${at}: ${JSON.stringify(text.slice(at, at + 60))} instead of ${JSON.stringify(expected.slice(at, at + 60))}`;
}

function data(text: string): unknown {
  const parsed = parseYaml(text, 'rendered');
  return parsed.ok ? JSON.parse(JSON.stringify(yamlData(parsed.value))) : parsed.refusal.message;
}
