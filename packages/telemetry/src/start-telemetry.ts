import { collectDefaultMetrics, Registry } from 'prom-client';
import { serveMetrics } from './serve-metrics.js';
import { startTracing } from './start-tracing.js';
import type { TelemetrySettings } from './telemetry-variables.js';

interface Telemetry {
  /** Where the process enters what it measures; nobody reads it where metrics are not served. */
  readonly registry: Registry;
  /** Where the metrics are; null where they are not served. */
  readonly metricsUrl: string | null;
  close(): Promise<void>;
}

/**
 * Lets a process be watched, as its configuration says: metrics at an address of their own, traces sent elsewhere.
 *
 * @throws Error with a sentence for the operator where the metrics' port can't be had
 */
export async function startTelemetry(serviceName: string, settings: TelemetrySettings): Promise<Telemetry> {
  const registry = new Registry();
  if (settings.metrics) collectDefaultMetrics({ register: registry });
  const server = settings.metrics ? await serveMetrics(registry, settings.metrics) : null;
  const stopTracing = settings.traces ? await startTracing({ serviceName }) : null;
  return {
    registry,
    metricsUrl: server?.url ?? null,
    async close() {
      // What can't be sent at the end is lost, and no reason to stay.
      await Promise.allSettled([server?.close(), stopTracing?.()]);
    },
  };
}
