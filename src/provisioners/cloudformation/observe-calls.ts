import { histogram, inCallSpan, shortBuckets } from '../../telemetry/index.ts';

const durations = histogram(
  {
    name: 'deuteron_cloud_call_duration_seconds',
    help: 'Calls to the cloud, each with its retries, by API and outcome',
    labels: ['service', 'api', 'outcome'],
  },
  shortBuckets,
);

/** What all clients of the AWS SDK have of what is needed here. */
interface ObservableClient {
  readonly middlewareStack: {
    add(
      middleware: (
        next: (args: never) => Promise<unknown>,
        context: { readonly commandName?: string },
      ) => (args: never) => Promise<unknown>,
      options: { readonly name: string; readonly step: 'initialize'; readonly priority: 'high' },
    ): void;
  };
}

/** Every call of this client is measured, and a span of the trace under way. The outcome is `ok`, or the error's name. */
export function observeCalls(client: object, service: string): void {
  (client as ObservableClient).middlewareStack.add(
    (next, { commandName = '' }) =>
      (args) => {
        const api = commandName.replace(/Command$/, '');
        const end = durations.startTimer({ service, api });
        return inCallSpan(
          `${service} ${api}`,
          { 'rpc.system': 'aws-api', 'rpc.service': service, 'rpc.method': api },
          async () => {
            try {
              const answer = await next(args);
              end({ outcome: 'ok' });
              return answer;
            } catch (error) {
              end({ outcome: error instanceof Error ? error.name : 'Error' });
              throw error;
            }
          },
        );
      },
    { name: 'observeCalls', step: 'initialize', priority: 'high' },
  );
}
