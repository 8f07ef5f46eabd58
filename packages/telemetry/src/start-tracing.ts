import { setTimeout as sleep } from 'node:timers/promises';

/** What a collector that is away has not taken in this time, at the end of the process, is lost. */
const farewellMilliseconds = 2_000;

interface TracingOptions {
  /** Whose spans these are: `holdout-api`, `holdout-evaluate`, `holdout-score`. */
  readonly serviceName: string;
}

/**
 * Sends traces, by OpenTelemetry's protocol, where its own variables say (`OTEL_EXPORTER_OTLP_ENDPOINT` and what goes with
 * it, such as `…_HEADERS` and `OTEL_TRACES_SAMPLER`; https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables).
 * Until it is called, every span of this process is one that costs and does nothing.
 *
 * @returns a function that sends what is left and ends it
 */
export async function startTracing({ serviceName }: TracingOptions): Promise<() => Promise<void>> {
  // Loaded only here: a process that sends no traces does not pay for them at its start.
  const [{ NodeTracerProvider, BatchSpanProcessor }, { OTLPTraceExporter }, { resourceFromAttributes }] =
    await Promise.all([
      import('@opentelemetry/sdk-trace-node'),
      import('@opentelemetry/exporter-trace-otlp-http'),
      import('@opentelemetry/resources'),
    ]);
  const provider = new NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': serviceName, 'service.namespace': 'holdout' }),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
  });
  provider.register();
  return async () => {
    const patience = new AbortController();
    const end = sleep(farewellMilliseconds, undefined, { signal: patience.signal }).catch(() => {});
    await Promise.race([provider.shutdown(), end]);
    patience.abort();
  };
}
