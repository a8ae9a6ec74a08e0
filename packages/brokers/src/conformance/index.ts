export { CaseFailure } from './attempt.ts';
export { CASES, type Conformance, runConformance } from './run.ts';
export type { FaultOrder, VenueFacts, VenueHarness, VenueState } from './venue-harness.ts';
