import type { Finding } from '../bundles/index.ts';
import { bumpTooSmall, type VersionReport } from '../changes/index.ts';
import { describeFindings } from './describe-findings.ts';
import type { TemplateVersion } from './template-version.ts';
import type { VersionNumber } from './version-number.ts';

/** What is told of a registered version beside its status: that its number says too little, then the warnings. */
export function registeredMessage(version: VersionNumber, findings: readonly Finding[], report: VersionReport): string {
  const tooSmall = bumpTooSmall(version, report);
  const warnings = describeFindings(findings.filter(({ severity }) => severity === 'warning'));
  return [tooSmall ? `${tooSmall.message} ${tooSmall.remedy}` : '', warnings].filter((text) => text !== '').join('\n');
}

/** The status message as others see it: a status of Proton's says nothing of versions that are not to be used any more. */
export function shownStatusMessage({
  availability,
  availabilityReason,
  statusMessage,
}: Pick<TemplateVersion, 'availability' | 'availabilityReason' | 'statusMessage'>): string {
  const told = {
    open: '',
    deprecated: 'Deprecated: nothing new is deployed at this version.',
    withdrawn: 'Withdrawn: nothing is deployed at this version any more.',
  }[availability];
  const said = availabilityReason === null || told === '' ? told : `${told} ${availabilityReason}`;
  return [said, statusMessage].filter((text) => text !== '').join('\n');
}
