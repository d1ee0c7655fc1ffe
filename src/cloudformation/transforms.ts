/** The transform that expands AWS::Serverless types. */
export const samTransform = 'AWS::Serverless-2016-10-31';
/** The transform that adds to the language: its loops are expanded beforehand, its functions evaluated in place. */
export const languageExtensionsTransform = 'AWS::LanguageExtensions';
