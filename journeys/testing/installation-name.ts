/** What every installation of a journey is called. */
export const installation = { partition: 'aws', region: 'us-east-1', accountId: '111122223333' } as const;
