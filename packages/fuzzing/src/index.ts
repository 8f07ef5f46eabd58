export { applyChanges, type Change, type CorpusMember, changesOf, findCells } from './change-bytes.js';
export { changeJson, type JsonChange, jsonChanges } from './change-json.js';
export { fuzzParameters, fuzzTimeoutMilliseconds, readPeakBytes } from './fuzz-parameters.js';
export { useTarget } from './use-target.js';
