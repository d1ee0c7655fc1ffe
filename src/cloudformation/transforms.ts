/** The transform that expands AWS::Serverless types. */
export const samTransform = 'AWS::Serverless-2016-10-31';
/** The transform that adds functions to the language; evaluated in place, nothing is expanded beforehand. */
export const languageExtensionsTransform = 'AWS::LanguageExtensions';
