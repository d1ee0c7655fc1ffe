import type { TemplateObject, TemplateValue } from '../template-value.ts';
import { notAnS3Uri, s3Location } from './expressions.ts';
import type { ApiRoute, Draft, ServerlessResource } from './serverless-document.ts';

/** `BodyS3Location` for a definition that lies in a bucket, else `Body`: the author's, or the one made of routes. */
export function definitionSource(resource: ServerlessResource, generate: () => TemplateObject): Draft {
  const body = resource.take('DefinitionBody');
  const uri = resource.take('DefinitionUri');
  if (uri === undefined) return { Body: body ?? generate() };
  const location = s3Location(uri);
  if (!location) resource.refuse(notAnS3Uri('DefinitionUri'));
  return { BodyS3Location: location && { Bucket: location.bucket, Key: location.key, Version: location.version } };
}

export type Methods = { [method: string]: TemplateValue };

/** The routes of an API as methods by path, in the order in which paths first appear. */
export function methodsByPath(
  routes: readonly ApiRoute[],
  define: (route: ApiRoute) => TemplateValue,
): ReadonlyMap<string, Methods> {
  const paths = new Map<string, Methods>();
  for (const route of routes) {
    const methods = paths.get(route.path) ?? {};
    methods[route.method === 'any' ? anyMethod : route.method] = define(route);
    paths.set(route.path, methods);
  }
  return paths;
}

/** How API Gateway spells "every method" in a definition. */
export const anyMethod = 'x-amazon-apigateway-any-method';
