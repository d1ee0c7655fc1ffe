import { bundleText, inputSchema, instanceData, parseServiceSpec, readManifest } from '../bundles/index.ts';
import { type DeploymentTarget, stackName, type TargetRef } from '../deployments/index.ts';
import { accept, type Result } from '../errors/index.ts';
import { forgetRequests } from '../idempotency/index.ts';
import { placementForget } from '../organization/index.ts';
import { tagsForget } from '../tags/index.ts';
import { templateArn, templateVersionBundle } from '../templates/index.ts';
import { progressColumns } from './deployed-part.ts';
import { environmentFor } from './instance-environment.ts';
import { recordPartDeployed } from './record-part.ts';
import { instanceDelete, instanceFind, instanceUpdate, type ServiceInstance } from './service-instance-store.ts';
import { instanceMissing, serviceMissing } from './service-refusals.ts';
import { type Service, serviceFind } from './service-store.ts';
import { instanceEntry, instanceInputs, readServiceTemplate } from './service-template.ts';
import type { ServiceTools } from './service-tools.ts';
import { tellPartGone } from './tell-part-gone.ts';

/** How deployments change a service instance. */
export function serviceInstanceTarget(tools: Pick<ServiceTools, 'installation' | 'findEnvironment'>): DeploymentTarget {
  const { installation, findEnvironment } = tools;

  async function found(
    db: Parameters<DeploymentTarget['load']>[0],
    target: TargetRef,
  ): Promise<Result<{ service: Service; instance: ServiceInstance }>> {
    const { serviceName = '', serviceInstanceName = '' } = target;
    const service = await serviceFind(db, serviceName);
    if (!service) return serviceMissing(installation, serviceName);
    const instance = await instanceFind(db, serviceName, serviceInstanceName);
    return instance ? accept({ service, instance }) : instanceMissing(installation, serviceName, serviceInstanceName);
  }

  return {
    kind: 'service-instance',

    async load(db, target, targetState) {
      const thing = await found(db, target);
      if (!thing.ok) return thing;
      const { service, instance } = thing.value;
      const number = { major: targetState.majorVersion, minor: targetState.minorVersion };
      const template = await readServiceTemplate(db, installation, targetState.templateName, number);
      if (!template.ok) return template;
      const bundle = await templateVersionBundle(db, template.value.version);
      if (!bundle.ok) return bundle;
      const spec = parseServiceSpec(targetState.spec);
      if (!spec.ok) return spec;
      const entry = instanceEntry(spec.value, instance.name, instance.environmentName);
      if (!entry.ok) return entry;
      const environment = await environmentFor(db, findEnvironment, entry.value, template.value);
      if (!environment.ok) return environment;
      const inputs = instanceInputs(template.value, entry.value);
      if (!inputs.ok) return inputs;
      const { placements, outputs } = environment.value;
      const accountId = placements[0]?.accountId ?? installation.accountId;
      const manifest = readManifest(
        bundleText(bundle.value, 'instance_infrastructure/manifest.yaml') ?? '',
        'instance_infrastructure/manifest.yaml',
      );
      return accept({
        bundle: bundle.value,
        part: 'instance',
        method: manifest.manifest?.method ?? 'cloudformation',
        data: instanceData({ name: instance.environmentName, accountId, outputs }, service, {
          name: instance.name,
          inputs: inputs.value,
        }),
        inputs: inputs.value,
        inputSchema: inputSchema(template.value.schema, 'service_input_type'),
        inputsAt: 'service_instance.inputs',
        placements,
        stackName: stackName('service-instance', `${service.name}-${instance.name}`, instance.arn),
        tags: {
          'proton:account': installation.accountId,
          'proton:template': templateArn(installation, { kind: 'service', name: targetState.templateName }),
          'proton:environment': environment.value.arn,
          'proton:service': service.arn,
          'proton:service-instance': instance.arn,
        },
      });
    },

    async locate(db, target) {
      const thing = await found(db, target);
      if (!thing.ok) return thing;
      const { service, instance } = thing.value;
      const environment = await findEnvironment(db, instance.environmentName);
      return accept({
        placements: environment?.placements ?? [],
        stackName: stackName('service-instance', `${service.name}-${instance.name}`, instance.arn),
      });
    },

    async record(tx, target, progress) {
      const { serviceName = '', serviceInstanceName: name = '' } = target;
      if (progress.status === 'DELETE_COMPLETE') {
        await instanceDelete(tx, serviceName, name);
        await tagsForget(tx, target.arn);
        await placementForget(tx, target.arn, progress.at);
        await forgetRequests(tx, target.arn);
        await tellPartGone(tx, serviceName, `the instance ${name}`, progress.at);
        return;
      }
      await instanceUpdate(tx, serviceName, name, progressColumns(progress));
      if (progress.status !== 'SUCCEEDED' || !progress.targetState) return;
      const { spec } = progress.targetState;
      await recordPartDeployed(tx, serviceName, { part: { instance: name }, spec, at: progress.at });
    },
  };
}
