import { ok } from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { planDocument } from '../../src/organization/document/plan-document.ts';
import { readOrganizationDocument } from '../../src/organization/document/read-document.ts';
import { newChart } from '../../src/organization/testing/chart.ts';
import { installation, now } from '../../src/organization/testing/organization-world.ts';
import { surface } from '../surface.ts';
import { editedOnce, editedText } from '../text-edits.ts';
import { treeOfYaml, yamlText } from '../tree.ts';
import { editedTree } from '../tree-edits.ts';
import { expectRefusal } from '../well-formed.ts';

const folder = join(import.meta.dirname, '..', '..', 'examples', 'organization');
const example = readFileSync(join(folder, 'org.yaml'), 'utf8');
const texts = [
  example,
  readFileSync(join(folder, 'resources.yaml'), 'utf8'),
  'resources: { account/444455556666: { unit: shop } }',
  `principals: { ci: { kind: machine } }
federation:
  main: { issuer: https://ci.example, audience: deuteron, subject: 'repo:a/*', claims: { ref: '**' }, principal: ci, teams: [], minutes: 5, once: true }
`,
];
const words = [
  ...['organization', 'administrators', 'administrator', 'administration', 'shop', 'checkout', 'platform', 'parent'],
  ...['lead', 'machine', '2026-02-30', '2099-12-31', '2020-01-01', 'null', '__proto__', 'constructor'],
];

/** A file of an organization, tried on an organization that there is. */
export const organizationSurface = surface({
  name: 'organization',
  share: 800,
  async open() {
    return {
      inputs: fc.oneof(
        editedText(texts, words),
        editedOnce(
          editedTree(texts.map(treeOfYaml), words).map((tree) => yamlText(tree)),
          words,
        ),
      ),
      tryInput(text) {
        const read = readOrganizationDocument(text, 'org.yaml', installation);
        if (!read.ok) {
          expectRefusal(read.refusal, () => text);
          return read.refusal.code;
        }
        for (const prune of [false, true]) {
          const chart = exampleChart();
          const planned = planDocument(chart, read.value, { prune, now });
          if (!planned.ok) {
            expectRefusal(planned.refusal, () => text);
            return planned.refusal.code;
          }
          const again = planDocument(chart, read.value, { prune, now });
          ok(again.ok, `what was planned is refused when it is applied again: ${again.ok || again.refusal.message}`);
          ok(again.value.changes.length === 0, `applied again, it changes ${again.value.changes[0]?.text}`);
        }
        return 'taken';
      },
      stillServes() {
        ok(exampleChart().units.has('workshop'));
      },
    };
  },
});

function exampleChart() {
  const chart = newChart();
  const read = readOrganizationDocument(example, 'org.yaml', installation);
  ok(read.ok && planDocument(chart, read.value, { prune: false, now }).ok);
  return chart;
}
