/**
 * A case that shows what Ballast does instead. `test` is the name as it is written in the file; the
 * conformance kit's cases count, since they run against each adapter over real sockets.
 */
export type FieldCase = { readonly file: string; readonly test: string };

/** What users of other trading platforms have reported, and where Ballast answers it. */
export type FieldReport = {
  readonly number: number;
  /** Project and issue, as in the project's own tracker. */
  readonly source: string;
  readonly report: string;
  readonly cases?: readonly FieldCase[];
  /** Why it, or what of it no case covers, cannot occur in Ballast. */
  readonly cannot?: string;
  /** What of it belongs to a part of Ballast that is not built yet. */
  readonly later?: string;
};

export const CORE = 'packages/order-core/src';
export const BROKERS = 'packages/brokers/src';
export const KIT = `${BROKERS}/conformance`;
export const GATEWAY = 'services/order-gateway';
export const REPORTS = `${CORE}/step.field-reports.test.ts`;
export const REPLACING = `${CORE}/step.field-reports-replace.test.ts`;
export const IBKR_WIRE = 'services/venue-simulator/test/ibkr-adapter.test.ts';

export const shown = (file: string, ...tests: readonly string[]): FieldCase[] =>
  tests.map((test) => ({ file, test }));
