import { ok } from 'node:assert/strict';
import fc from 'fast-check';
import { makeBundle, readManifest, readTemplateRegistration } from '../../src/bundles/index.ts';
import { exampleFiles } from '../example-texts.ts';
import { surface } from '../surface.ts';
import { editedOnce, editedText } from '../text-edits.ts';
import { treeOfYaml, yamlText } from '../tree.ts';
import { editedTree } from '../tree-edits.ts';
import { expectFinding, expectRefusal } from '../well-formed.ts';
import { manifestWords } from '../words.ts';

const codebuild = `infrastructure:
  templates:
    - rendering_engine: codebuild
      settings:
        image: aws/codebuild/amazonlinux2-x86_64-standard:4.0
        runtimes: {nodejs: "18"}
        env: {variables: {KEY: value}}
        provision: [npm ci, npx cdk deploy]
        deprovision: [npx cdk destroy]
        project_properties: {VpcConfig: {VpcId: vpc-1, Subnets: [subnet-1], SecurityGroupIds: [sg-1]}}
`;
const terraform = `infrastructure:
  templates:
    - file: "*"
      rendering_engine: hcl
      template_language: terraform
`;
const registration = `compatible_environments: [network:1, "network:2"]
supported_component_sources: [DIRECTLY_DEFINED]
`;
const texts = [...exampleFiles('manifest.yaml'), codebuild, terraform, registration];
const path = 'infrastructure/manifest.yaml';

export const manifestSurface = surface({
  name: 'manifest',
  share: 800,
  async open() {
    return {
      inputs: fc.oneof(
        editedText(texts, manifestWords),
        editedOnce(
          editedTree(texts.map(treeOfYaml), manifestWords).map((tree) => yamlText(tree)),
          manifestWords,
        ),
      ),
      tryInput(text) {
        const { findings, manifest } = readManifest(text, path);
        for (const finding of findings) expectFinding(finding, (file) => (file === path ? text : undefined));
        if (!manifest)
          ok(
            findings.some(({ severity }) => severity === 'error'),
            'no manifest, and no reason',
          );
        for (const name of ['.template-registration.yaml', '.compatible-envs']) {
          const read = readTemplateRegistration(makeBundle(new Map([[name, Buffer.from(text)]])));
          // what is read back from bytes has no lone surrogates, so that columns may differ
          if (!read.ok) expectRefusal(read.refusal, () => Buffer.from(text).toString());
        }
        return findings[0]?.rule ?? 'taken';
      },
      stillServes() {
        for (const text of [...exampleFiles('manifest.yaml'), codebuild, terraform])
          ok(readManifest(text, path).manifest);
      },
    };
  },
});
