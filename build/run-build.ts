/** Builds the package into dist/: `npm run build`. */
import { join } from 'node:path';
import { buildPackage } from './build-package.ts';

buildPackage({ folder: join(import.meta.dirname, '..', 'dist'), isChecked: true });
