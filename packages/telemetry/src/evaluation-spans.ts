import {
  type Attributes,
  type Context,
  context,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api';

const tracer = trace.getTracer('holdout');

/**
 * Does a step of an evaluation inside a span. All steps of one evaluation are one trace, in whatever process and at
 * whatever attempt they run: its trace id is the evaluation's id without hyphens, so that whoever has the one can look up
 * the other. A step that throws leaves a span that says so.
 */
export async function traceStep<T>(
  { evaluationId, step, attributes = {} }: { evaluationId: string; step: string; attributes?: Attributes },
  work: (span: Span) => Promise<T>,
): Promise<T> {
  const options = { attributes: { 'holdout.evaluation_id': evaluationId, ...attributes } };
  return await tracer.startActiveSpan(step, options, contextOf(evaluationId), async (span) => {
    try {
      return await work(span);
    } catch (error) {
      span.recordException(error instanceof Error ? error : String(error));
      span.setStatus({ code: SpanStatusCode.ERROR });
      throw error;
    } finally {
      span.end();
    }
  });
}

/** Says in the span of what goes on now, such as a request, which evaluation it led to. */
export function linkEvaluation(evaluationId: string): void {
  const span = trace.getActiveSpan();
  span?.setAttribute('holdout.evaluation_id', evaluationId);
  span?.addLink({ context: spanContextOf(evaluationId) });
}

/** A step inside a step stays inside it. */
function contextOf(evaluationId: string): Context {
  const active = trace.getActiveSpan()?.spanContext();
  const own = spanContextOf(evaluationId);
  if (active?.traceId === own.traceId) return context.active();
  return trace.setSpanContext(ROOT_CONTEXT, own);
}

function spanContextOf(evaluationId: string): SpanContext {
  const traceId = evaluationId.replaceAll('-', '').toLowerCase();
  return { traceId, spanId: traceId.slice(0, 16), traceFlags: TraceFlags.SAMPLED, isRemote: true };
}
