import type { Result } from '../../errors/index.ts';
import { accept } from '../../errors/index.ts';
import type { PageRequest } from '../../identifiers/index.ts';
import {
  createTemplate,
  createTemplateVersion,
  deleteTemplate,
  deleteTemplateVersion,
  type ListedVersion,
  listTemplates,
  listTemplateVersions,
  recommendedMinor,
  recommendedVersion,
  shownStatusMessage,
  type Template,
  type TemplateKind,
  type TemplateTools,
  type TemplateVersion,
  type TemplateVersionSummary,
  templateFind,
  templateMissing,
  templateVersionFind,
  updateTemplate,
  updateTemplateVersion,
  type VersionRef,
  versionMissing,
  versionsRecommended,
  versionText,
} from '../../templates/index.ts';
import type * as wire from './generated/types.ts';
import type { ProtonOperations, RequestContext } from './operation.ts';

type VersionPart = { readonly templateName: string; readonly majorVersion: string; readonly minorVersion: string };

/** Templates and their versions. Both kinds behave alike; only the names of members differ. */
export function templateOperations(tools: TemplateTools) {
  const { db, installation } = tools;

  async function recommendedOf(kind: TemplateKind, name: string): Promise<readonly ListedVersion[]> {
    return (await versionsRecommended(db, kind, [name])).get(name) ?? [];
  }

  function shown(template: Template, published: readonly ListedVersion[]) {
    const recommended = recommendedVersion(published);
    return {
      arn: template.arn,
      name: template.name,
      displayName: template.displayName ?? template.name,
      description: template.description ?? undefined,
      encryptionKey: template.encryptionKey ?? undefined,
      createdAt: template.createdAt,
      lastModifiedAt: template.lastModifiedAt,
      recommendedVersion: recommended && versionText(recommended),
    };
  }
  const customerManaged = (template: Template) =>
    template.customerManaged ? ('CUSTOMER_MANAGED' as const) : undefined;
  const environmentTemplate = async (template: Template): Promise<wire.EnvironmentTemplate> => ({
    ...shown(template, await recommendedOf('environment', template.name)),
    provisioning: customerManaged(template),
  });
  const serviceTemplate = async (template: Template): Promise<wire.ServiceTemplate> => ({
    ...shown(template, await recommendedOf('service', template.name)),
    pipelineProvisioning: customerManaged(template),
  });

  function summary(
    each: TemplateVersionSummary,
    published: readonly ListedVersion[],
  ): wire.EnvironmentTemplateVersionSummary {
    const recommended = recommendedMinor(published, each.major);
    return {
      arn: each.arn,
      templateName: each.templateName,
      majorVersion: String(each.major),
      minorVersion: String(each.minor),
      recommendedMinorVersion: recommended === undefined ? undefined : String(recommended),
      status: each.status,
      statusMessage: shownStatusMessage(each),
      description: each.description ?? undefined,
      createdAt: each.createdAt,
      lastModifiedAt: each.lastModifiedAt,
    };
  }
  const version = async (each: TemplateVersion): Promise<wire.EnvironmentTemplateVersion> => ({
    ...summary(each, await recommendedOf(each.kind, each.templateName)),
    schema: each.schemaText ?? undefined,
  });
  const serviceVersion = async (each: TemplateVersion): Promise<wire.ServiceTemplateVersion> => ({
    ...(await version(each)),
    compatibleEnvironmentTemplates: each.compatibleEnvironments.map(({ templateName, majorVersion }) => ({
      templateName,
      majorVersion: String(majorVersion),
    })),
    supportedComponentSources:
      each.supportedComponentSources as wire.ServiceTemplateVersion['supportedComponentSources'],
  });

  const refOf = (kind: TemplateKind, input: VersionPart): VersionRef => ({
    kind,
    templateName: input.templateName,
    major: Number(input.majorVersion),
    minor: Number(input.minorVersion),
  });
  async function findTemplate(kind: TemplateKind, name: string): Promise<Result<Template>> {
    const template = await templateFind(db, { kind, name });
    return template ? accept(template) : templateMissing(installation, { kind, name });
  }
  async function templatePage(kind: TemplateKind, input: PageRequest, { reads }: RequestContext) {
    const page = await listTemplates(db, kind, input, reads);
    if (!page.ok) return page;
    const { items, nextToken } = page.value;
    const names = items.map(({ name }) => name);
    const published = await versionsRecommended(db, kind, names);
    return accept({
      items: items.map((template) => ({ template, published: published.get(template.name) ?? [] })),
      nextToken,
    });
  }
  async function findVersion(kind: TemplateKind, input: VersionPart): Promise<Result<TemplateVersion>> {
    const ref = refOf(kind, input);
    const found = await templateVersionFind(db, ref);
    return found ? accept(found) : versionMissing(installation, ref);
  }
  async function listVersions(
    kind: TemplateKind,
    input: PageRequest & { readonly templateName: string; readonly majorVersion?: string },
  ) {
    const template = await findTemplate(kind, input.templateName);
    if (!template.ok) return template;
    const major = input.majorVersion === undefined ? undefined : Number(input.majorVersion);
    const page = await listTemplateVersions(db, template.value, major, input);
    if (!page.ok) return page;
    const published = await recommendedOf(kind, input.templateName);
    return accept({
      templateVersions: page.value.items.map((each) => summary(each, published)),
      nextToken: page.value.nextToken,
    });
  }
  const sourceOf = ({ s3 }: wire.TemplateVersionSourceInput) => {
    if (!s3) throw new Error('the API model lets no source through that has no member');
    return s3;
  };
  const environmentsOf = (given: readonly wire.CompatibleEnvironmentTemplateInput[] | undefined) =>
    given?.map(({ templateName, majorVersion }) => ({ templateName, majorVersion: Number(majorVersion) }));
  const majorOf = (given: string | undefined) => (given === undefined ? undefined : Number(given));

  return {
    CreateEnvironmentTemplate: async ({ provisioning, ...input }, { caller }) => {
      const request = { ...input, customerManaged: provisioning === 'CUSTOMER_MANAGED' };
      const made = await createTemplate(tools, 'environment', request, caller.id);
      return made.ok ? accept({ environmentTemplate: await environmentTemplate(made.value) }) : made;
    },
    GetEnvironmentTemplate: async ({ name }) => {
      const found = await findTemplate('environment', name);
      return found.ok ? accept({ environmentTemplate: await environmentTemplate(found.value) }) : found;
    },
    UpdateEnvironmentTemplate: async ({ name, ...change }) => {
      const updated = await updateTemplate(tools, { kind: 'environment', name }, change);
      return updated.ok ? accept({ environmentTemplate: await environmentTemplate(updated.value) }) : updated;
    },
    DeleteEnvironmentTemplate: async ({ name }) => {
      const deleted = await deleteTemplate(tools, { kind: 'environment', name });
      if (!deleted.ok) return deleted;
      return accept({ environmentTemplate: deleted.value && (await environmentTemplate(deleted.value)) });
    },
    ListEnvironmentTemplates: async (input, context) => {
      const page = await templatePage('environment', input, context);
      if (!page.ok) return page;
      const templates = page.value.items.map(({ template, published }) => ({
        ...shown(template, published),
        provisioning: customerManaged(template),
      }));
      return accept({ templates, nextToken: page.value.nextToken });
    },
    CreateEnvironmentTemplateVersion: async ({ majorVersion, source, ...input }) => {
      const made = await createTemplateVersion(tools, 'environment', {
        ...input,
        majorVersion: majorOf(majorVersion),
        source: sourceOf(source),
      });
      return made.ok ? accept({ environmentTemplateVersion: await version(made.value) }) : made;
    },
    GetEnvironmentTemplateVersion: async (input) => {
      const found = await findVersion('environment', input);
      return found.ok ? accept({ environmentTemplateVersion: await version(found.value) }) : found;
    },
    UpdateEnvironmentTemplateVersion: async ({ description, status, ...input }) => {
      const updated = await updateTemplateVersion(tools, refOf('environment', input), { description, status });
      return updated.ok ? accept({ environmentTemplateVersion: await version(updated.value) }) : updated;
    },
    DeleteEnvironmentTemplateVersion: async (input) => {
      const deleted = await deleteTemplateVersion(tools, refOf('environment', input));
      return deleted.ok
        ? accept({ environmentTemplateVersion: deleted.value && (await version(deleted.value)) })
        : deleted;
    },
    ListEnvironmentTemplateVersions: async (input) => listVersions('environment', input),

    CreateServiceTemplate: async ({ pipelineProvisioning, ...input }, { caller }) => {
      const request = { ...input, customerManaged: pipelineProvisioning === 'CUSTOMER_MANAGED' };
      const made = await createTemplate(tools, 'service', request, caller.id);
      return made.ok ? accept({ serviceTemplate: await serviceTemplate(made.value) }) : made;
    },
    GetServiceTemplate: async ({ name }) => {
      const found = await findTemplate('service', name);
      return found.ok ? accept({ serviceTemplate: await serviceTemplate(found.value) }) : found;
    },
    UpdateServiceTemplate: async ({ name, ...change }) => {
      const updated = await updateTemplate(tools, { kind: 'service', name }, change);
      return updated.ok ? accept({ serviceTemplate: await serviceTemplate(updated.value) }) : updated;
    },
    DeleteServiceTemplate: async ({ name }) => {
      const deleted = await deleteTemplate(tools, { kind: 'service', name });
      if (!deleted.ok) return deleted;
      return accept({ serviceTemplate: deleted.value && (await serviceTemplate(deleted.value)) });
    },
    ListServiceTemplates: async (input, context) => {
      const page = await templatePage('service', input, context);
      if (!page.ok) return page;
      const templates = page.value.items.map(({ template, published }) => ({
        ...shown(template, published),
        pipelineProvisioning: customerManaged(template),
      }));
      return accept({ templates, nextToken: page.value.nextToken });
    },
    CreateServiceTemplateVersion: async ({ majorVersion, source, compatibleEnvironmentTemplates, ...input }) => {
      const made = await createTemplateVersion(tools, 'service', {
        ...input,
        majorVersion: majorOf(majorVersion),
        source: sourceOf(source),
        compatibleEnvironments: environmentsOf(compatibleEnvironmentTemplates),
      });
      return made.ok ? accept({ serviceTemplateVersion: await serviceVersion(made.value) }) : made;
    },
    GetServiceTemplateVersion: async (input) => {
      const found = await findVersion('service', input);
      return found.ok ? accept({ serviceTemplateVersion: await serviceVersion(found.value) }) : found;
    },
    UpdateServiceTemplateVersion: async ({
      description,
      status,
      compatibleEnvironmentTemplates,
      supportedComponentSources,
      ...input
    }) => {
      const updated = await updateTemplateVersion(tools, refOf('service', input), {
        description,
        status,
        compatibleEnvironments: environmentsOf(compatibleEnvironmentTemplates),
        supportedComponentSources,
      });
      return updated.ok ? accept({ serviceTemplateVersion: await serviceVersion(updated.value) }) : updated;
    },
    DeleteServiceTemplateVersion: async (input) => {
      const deleted = await deleteTemplateVersion(tools, refOf('service', input));
      return deleted.ok
        ? accept({ serviceTemplateVersion: deleted.value && (await serviceVersion(deleted.value)) })
        : deleted;
    },
    ListServiceTemplateVersions: async (input) => listVersions('service', input),
  } satisfies ProtonOperations;
}
