import { accountSettings } from '../accounts/index.ts';
import {
  bundleText,
  type InstanceNames,
  inputSchema,
  parseServiceSpec,
  pipelineData,
  readManifest,
} from '../bundles/index.ts';
import type { Db } from '../database/index.ts';
import { type DeploymentTarget, stackName, targetsOf } from '../deployments/index.ts';
import { accept, type Result, refuse } from '../errors/index.ts';
import { placementForget } from '../organization/index.ts';
import { tagsForget } from '../tags/index.ts';
import { templateArn, templateVersionBundle } from '../templates/index.ts';
import { currentState, progressColumns } from './deployed-part.ts';
import { recordPartDeployed } from './record-part.ts';
import { instancesOf } from './service-instance-store.ts';
import { pipelineDelete, pipelineUpdate } from './service-pipeline-store.ts';
import { pipelineArn, serviceMissing } from './service-refusals.ts';
import { type Service, serviceFind } from './service-store.ts';
import { instanceEntry, instanceInputs, pipelineInputs, readServiceTemplate } from './service-template.ts';
import type { ServiceTools } from './service-tools.ts';
import { tellPartGone } from './tell-part-gone.ts';

/** How deployments change the pipeline of a service. It always lies in the account of this installation. */
export function servicePipelineTarget(tools: Pick<ServiceTools, 'installation' | 'findEnvironment'>): DeploymentTarget {
  const { installation, findEnvironment } = tools;

  async function location(db: Db, serviceName: string) {
    const { pipelineServiceRoleArn } = await accountSettings(db);
    const { accountId, region } = installation;
    const arn = pipelineArn(installation, serviceName);
    return {
      placements: [{ accountId, region, ...(pipelineServiceRoleArn ? { roleArn: pipelineServiceRoleArn } : {}) }],
      stackName: stackName('service-pipeline', serviceName, arn),
    };
  }

  /** All instances of the service with what they were last deployed with. */
  async function instanceNames(db: Db, service: Service): Promise<Result<InstanceNames[]>> {
    const instances = await instancesOf(db, service.name);
    const records = await targetsOf(
      db,
      instances.map(({ arn }) => arn),
    );
    const names: InstanceNames[] = [];
    for (const instance of instances) {
      const state = currentState(instance);
      const template = await readServiceTemplate(db, installation, instance.templateName, state);
      if (!template.ok) return template;
      const spec = parseServiceSpec(state.spec);
      if (!spec.ok) return spec;
      const entry = instanceEntry(spec.value, instance.name);
      if (!entry.ok) return entry;
      const inputs = instanceInputs(template.value, entry.value);
      if (!inputs.ok) return inputs;
      const environment = await findEnvironment(db, instance.environmentName);
      names.push({
        name: instance.name,
        inputs: inputs.value,
        outputs: records.get(instance.arn)?.outputs ?? {},
        environment: {
          name: instance.environmentName,
          accountId: environment?.placements[0]?.accountId ?? installation.accountId,
          outputs: environment?.outputs ?? {},
        },
      });
    }
    return accept(names);
  }

  return {
    kind: 'service-pipeline',

    async load(db, target, targetState) {
      const { serviceName = '' } = target;
      const service = await serviceFind(db, serviceName);
      if (!service) return serviceMissing(installation, serviceName);
      const number = { major: targetState.majorVersion, minor: targetState.minorVersion };
      const template = await readServiceTemplate(db, installation, targetState.templateName, number);
      if (!template.ok) return template;
      if (!template.value.hasPipeline) {
        return refuse({
          kind: 'invalid',
          code: 'pipeline-not-possible',
          message: `Version ${number.major}.${number.minor} of ${targetState.templateName} has no pipeline.`,
          remedy: 'Choose a version whose bundle has pipeline_infrastructure/.',
        });
      }
      const bundle = await templateVersionBundle(db, template.value.version);
      if (!bundle.ok) return bundle;
      const spec = parseServiceSpec(targetState.spec);
      if (!spec.ok) return spec;
      const inputs = pipelineInputs(template.value, spec.value);
      if (!inputs.ok) return inputs;
      const instances = await instanceNames(db, service);
      if (!instances.ok) return instances;
      const path = 'pipeline_infrastructure/manifest.yaml';
      return accept({
        ...(await location(db, serviceName)),
        bundle: bundle.value,
        part: 'pipeline',
        method: readManifest(bundleText(bundle.value, path) ?? '', path).manifest?.method ?? 'cloudformation',
        data: pipelineData(service, inputs.value, instances.value),
        inputs: inputs.value,
        inputSchema: inputSchema(template.value.schema, 'pipeline_input_type'),
        inputsAt: 'pipeline.inputs',
        tags: {
          'proton:account': installation.accountId,
          'proton:template': templateArn(installation, { kind: 'service', name: targetState.templateName }),
          'proton:service': service.arn,
        },
      });
    },

    async locate(db, { serviceName = '' }) {
      return accept(await location(db, serviceName));
    },

    async record(tx, target, progress) {
      const { serviceName = '' } = target;
      if (progress.status === 'DELETE_COMPLETE') {
        await pipelineDelete(tx, serviceName);
        await tagsForget(tx, target.arn);
        await placementForget(tx, target.arn, progress.at);
        await tellPartGone(tx, serviceName, 'the pipeline', progress.at);
        return;
      }
      await pipelineUpdate(tx, serviceName, progressColumns(progress));
      if (progress.status !== 'SUCCEEDED' || !progress.targetState) return;
      const { spec } = progress.targetState;
      await recordPartDeployed(tx, serviceName, { part: 'pipeline', spec, at: progress.at });
    },
  };
}
