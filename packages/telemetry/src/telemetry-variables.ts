import { z } from 'zod';
import type { MetricsAddress } from './serve-metrics.js';

/** A variable that is set to nothing is taken as not set, as compose files and shells leave it. */
const emptyAsUnset = (value: unknown): unknown => (value === '' ? undefined : value);
const endpoint = z.preprocess(
  emptyAsUnset,
  z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// address' }).optional(),
);

/** The variables that every process of ours reads of how it is watched, for the schema in its `config.ts`. */
export const telemetryVariables = {
  HOLDOUT_METRICS_HOST: z.preprocess(emptyAsUnset, z.string().min(1).default('127.0.0.1')),
  HOLDOUT_METRICS_PORT: z.preprocess(emptyAsUnset, z.coerce.number().int().min(0).max(65_535).optional()),
  OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: endpoint,
};

const telemetrySchema = z.object(telemetryVariables);

export interface TelemetrySettings {
  /** Where metrics are served; null: nowhere. */
  readonly metrics: MetricsAddress | null;
  /** Whether traces are sent; where to, OpenTelemetry reads itself. */
  readonly traces: boolean;
}

export function toTelemetrySettings(values: z.output<typeof telemetrySchema>): TelemetrySettings {
  const { HOLDOUT_METRICS_HOST: host, HOLDOUT_METRICS_PORT: port } = values;
  const endpoints = [values.OTEL_EXPORTER_OTLP_ENDPOINT, values.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT];
  return {
    metrics: port === undefined ? null : { host, port },
    traces: endpoints.some((each) => each !== undefined),
  };
}
