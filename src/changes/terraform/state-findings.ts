import type { ChangeFinding, Evidence } from '../finding.ts';
import { typeClass } from '../type-class.ts';

/** The same resource under another address. */
export function movedFinding(from: string, to: string, evidence: Evidence): ChangeFinding {
  const message = `${from} is kept as ${to}; leave the moved block for as long as anything older is deployed`;
  return { code: 'R-MOVED', versionClass: 'compatible', verdict: 'no-change', message, evidence };
}

/** What leaves the state and stays in the cloud. */
export function forgottenFinding(address: string, type: string, evidence: Evidence): ChangeFinding {
  const isMild = typeClass(type) === 'observer' || typeClass(type) === 'revision';
  return {
    code: 'R-RETAIN',
    versionClass: isMild ? 'compatible' : 'breaking',
    verdict: isMild ? 'in-place' : 'replacement',
    message: `${address} leaves the state and stays in the cloud, without owner`,
    evidence,
    flags: ['orphan'],
  };
}
