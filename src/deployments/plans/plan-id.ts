import type { Brand } from '../../identifiers/index.ts';

/** A content hash: the same plan has the same id, whoever makes it. */
export type PlanId = Brand<'PlanId'>;
