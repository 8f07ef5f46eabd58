export { linkEvaluation, traceStep } from './evaluation-spans.js';
export { startTelemetry } from './start-telemetry.js';
export { type TelemetrySettings, telemetryVariables, toTelemetrySettings } from './telemetry-variables.js';
