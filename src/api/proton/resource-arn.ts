/**
 * The ARN of a thing as it is known here. Proton's guide shows ARNs of pipelines with an id behind them, its own files
 * had none: both are taken.
 */
export function knownArn(arn: string): string {
  return arn.replace(/(:service\/[^/:]+\/pipeline)\/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i, '$1');
}
