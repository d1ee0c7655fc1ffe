import { ok } from 'node:assert/strict';
import { packBundle } from '../../demo/pack-bundle.ts';
import { readBundleArchive, usualBundleLimits } from '../../src/bundles/index.ts';
import { exampleBundles } from '../example-texts.ts';
import { surface } from '../surface.ts';
import { editedArchives } from '../tar-archives.ts';
import { expectRefusal } from '../well-formed.ts';

const limits = { ...usualBundleLimits, unpackedBytes: 200_000, files: 50 };

export const archiveSurface = surface({
  name: 'archive',
  share: 1_000,
  async open() {
    const archives = await Promise.all(exampleBundles.map(({ files }) => packBundle(files)));
    return {
      inputs: editedArchives(archives),
      async tryInput(bytes) {
        const read = await readBundleArchive(bytes, limits);
        if (!read.ok) return expectRefusal(read.refusal);
        const { files } = read.value;
        ok(files.size <= limits.files, 'too many files');
        ok([...files.values()].reduce((sum, file) => sum + file.length, 0) <= limits.unpackedBytes, 'too many bytes');
        for (const path of files.keys()) {
          ok(path !== '' && !path.startsWith('/') && !path.includes('\\'), `the path ${JSON.stringify(path)}`);
          ok(!path.split('/').some((part) => part === '..' || part === ''), `the path ${JSON.stringify(path)} climbs`);
        }
        return 'taken';
      },
      async stillServes() {
        for (const archive of archives) ok((await readBundleArchive(archive, limits)).ok);
      },
    };
  },
});
