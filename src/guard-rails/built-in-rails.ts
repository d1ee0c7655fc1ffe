import type { Rail } from './guard-rail.ts';
import { conventionRails } from './rails/convention-rails.ts';
import { currencyRails } from './rails/currency-rails.ts';
import { dataRails } from './rails/data-rails.ts';
import { encryptionRails } from './rails/encryption-rails.ts';
import { exposureRails } from './rails/exposure-rails.ts';
import { operationRails } from './rails/operation-rails.ts';
import { planRails } from './rails/plan-rails.ts';
import { privilegeRails } from './rails/privilege-rails.ts';
import { secretRails } from './rails/secret-rails.ts';

/** Those that need nothing but themselves, in the order in which they are shown. */
export const builtInRails: readonly Rail[] = [
  ...exposureRails,
  ...privilegeRails,
  ...encryptionRails,
  ...dataRails,
  ...secretRails,
  ...currencyRails,
  ...operationRails,
  ...conventionRails,
  ...planRails,
];
