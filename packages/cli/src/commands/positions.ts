import { openIncidents } from '@ballast/db';
import { InvalidInput, parseInstrumentId } from '@ballast/domain';
import { ask } from '../ask.ts';
import { EXIT, Failure } from '../failure.ts';
import type { Platform } from '../platform.ts';
import type { Report } from '../report.ts';

/**
 * Explains what Ballast did not do in an instrument; what is left of it is the operator's.
 * @throws Failure NOTHING_UNATTRIBUTED, NOT_RECONCILED
 */
export function settle(to: Platform, instrument: string, reason: string): Promise<Report> {
  return askAbout(to, 'settleUnattributed', instrument, reason);
}

/** Lifts the freeze of a drift until its numbers change. @throws Failure NOT_FROZEN */
export function thaw(to: Platform, instrument: string, reason: string): Promise<Report> {
  return askAbout(to, 'thawInstrument', instrument, reason);
}

async function askAbout(
  platform: Platform,
  type: 'settleUnattributed' | 'thawInstrument',
  text: string,
  reason: string,
): Promise<Report> {
  const instrument = readInstrument(text);
  const { commandId } = await ask(platform, { type, body: { instrument, reason } });
  const open = await openIncidents(platform.db, platform.access.account);
  const left = open
    .filter((incident) => incident.instrument === instrument)
    .map(({ kind, detail, thawedBy }) => ({ kind, detail, thawedBy }));
  const lines = left.map(
    ({ kind, detail, thawedBy }) =>
      `open: ${kind} ${detail}${thawedBy === null ? '' : ` (thawed by ${thawedBy})`}`,
  );
  return {
    ok: true,
    data: { commandId, instrument, openIncidents: left },
    lines: [`taken: ${type} ${instrument}`, ...lines],
  };
}

function readInstrument(text: string): string {
  try {
    return parseInstrumentId(text);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    throw new Failure(error.code, error.message, EXIT.usage);
  }
}
