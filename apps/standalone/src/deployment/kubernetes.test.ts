import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ScaledObject, TriggerAuthentication } from '@kubernetes-models/keda/keda.sh/v1alpha1';
import { validate as deployment } from 'kubernetes-models/_schemas/IoK8sApiAppsV1Deployment';
import { validate as autoscaler } from 'kubernetes-models/_schemas/IoK8sApiAutoscalingV2HorizontalPodAutoscaler';
import { validate as job } from 'kubernetes-models/_schemas/IoK8sApiBatchV1Job';
import { validate as configMap } from 'kubernetes-models/_schemas/IoK8sApiCoreV1ConfigMap';
import { validate as namespace } from 'kubernetes-models/_schemas/IoK8sApiCoreV1Namespace';
import { validate as volumeClaim } from 'kubernetes-models/_schemas/IoK8sApiCoreV1PersistentVolumeClaim';
import { validate as service } from 'kubernetes-models/_schemas/IoK8sApiCoreV1Service';
import { validate as ingress } from 'kubernetes-models/_schemas/IoK8sApiNetworkingV1Ingress';
import { validate as networkPolicy } from 'kubernetes-models/_schemas/IoK8sApiNetworkingV1NetworkPolicy';
import { validate as disruptionBudget } from 'kubernetes-models/_schemas/IoK8sApiPolicyV1PodDisruptionBudget';
import { beforeAll, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { repository } from './testing/build-image.js';
import { watchKeys } from './testing/watch-keys.js';

type Validate = ((data: unknown) => boolean) & { errors?: unknown };

/** The schemas of Kubernetes and KEDA themselves. */
const schemas: Readonly<Record<string, Validate>> = {
  'v1 Namespace': namespace,
  'v1 ConfigMap': configMap,
  'v1 Service': service,
  'v1 PersistentVolumeClaim': volumeClaim,
  'apps/v1 Deployment': deployment,
  'batch/v1 Job': job,
  'autoscaling/v2 HorizontalPodAutoscaler': autoscaler,
  'networking.k8s.io/v1 Ingress': ingress,
  'networking.k8s.io/v1 NetworkPolicy': networkPolicy,
  'policy/v1 PodDisruptionBudget': disruptionBudget,
};
/** KEDA's package shows its schemas by its models only, which copy what they check. */
const kedaModels = { ScaledObject, TriggerAuthentication };

interface Pod {
  readonly automountServiceAccountToken: boolean;
  readonly terminationGracePeriodSeconds?: number;
  readonly securityContext: { readonly runAsNonRoot: boolean };
  readonly volumes: readonly { readonly secret?: { readonly secretName: string } }[];
  readonly containers: readonly {
    readonly env: readonly { readonly name: string; readonly value: string }[];
    readonly securityContext: unknown;
  }[];
}
interface Document {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: { readonly template: { readonly spec: Pod; readonly metadata: { readonly labels: object } } };
}

const folder = join(repository, 'deploy/kubernetes');
let documents: Document[];
let pods: { name: string; pod: Pod; labels: object }[];
beforeAll(async () => {
  const { resources } = parse(await readFile(join(folder, 'kustomization.yaml'), 'utf8')) as { resources: string[] };
  const texts = await Promise.all(resources.map((name) => readFile(join(folder, name), 'utf8')));
  documents = texts.flatMap((text) => parseAllDocuments(text).map((document) => document.toJS() as Document));
  pods = documents
    .filter(({ spec }) => spec?.template !== undefined)
    .map(({ metadata, spec: { template } }) => ({
      ...{ name: metadata.name, pod: template.spec, labels: template.metadata.labels },
    }));
});

it('names every file of the folder', async () => {
  const { resources } = parse(await readFile(join(folder, 'kustomization.yaml'), 'utf8')) as { resources: string[] };
  const files = (await readdir(folder)).filter((name) => name !== 'kustomization.yaml');
  expect([...resources].sort()).toEqual(files.sort());
});

it('is what the schemas of Kubernetes and KEDA allow, and has no key that they don’t know', () => {
  expect(documents.length).toBeGreaterThan(15);
  for (const document of documents) {
    const kind = `${document.apiVersion} ${document.kind}`;
    if (document.apiVersion === 'keda.sh/v1alpha1') {
      new kedaModels[document.kind as keyof typeof kedaModels](document as never).validate();
      continue;
    }
    const validate = schemas[kind];
    if (!validate) throw new Error(`No schema for ${kind}.`);
    const watched = watchKeys(document);
    validate(watched.data);
    expect({ kind, errors: validate.errors ?? null }).toEqual({ kind, errors: null });
    expect({ kind, unknown: watched.unread() }).toEqual({ kind, unknown: [] });
  }
});

it('gives no pod more rights than it needs', () => {
  expect(pods.map(({ name }) => name).sort()).toEqual([
    ...['holdout-api', 'holdout-evaluate-cpu', 'holdout-evaluate-gpu', 'holdout-prepare', 'holdout-score'],
  ]);
  for (const { pod } of pods) {
    expect(pod).toMatchObject({ automountServiceAccountToken: false, securityContext: { runAsNonRoot: true } });
    for (const { securityContext } of pod.containers) {
      expect(securityContext).toMatchObject({
        ...{ allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
      });
    }
  }
});

it('keeps what the owner knows from what runs teams’ code', () => {
  for (const { name, pod, labels } of pods) {
    const evaluates = name.startsWith('holdout-evaluate');
    const secrets = pod.volumes.flatMap(({ secret }) => (secret ? [secret.secretName] : []));
    expect(secrets).toEqual([evaluates ? 'holdout-evaluator' : 'holdout-owner']);
    expect(labels).toMatchObject({ 'holdout-part': evaluates ? 'evaluator' : 'owner' });
  }
});

it('waits for a worker longer than it may take to drain', () => {
  const evaluating = pods.filter(({ name }) => name.startsWith('holdout-evaluate'));
  for (const { pod } of evaluating) {
    const drain = pod.containers[0]?.env.find(({ name }) => name === 'HOLDOUT_DRAIN_SECONDS')?.value;
    expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(Number(drain));
  }
});
