import { type Contract, type ContractDetails, EventName, SecType } from '@stoqey/ib';
import type { Route } from '../feed.ts';
import type { Link } from './link.ts';

export type ContractAnswer =
  | { readonly kind: 'found'; readonly contractId: number }
  | { readonly kind: 'refused'; readonly code: number; readonly message: string };

type Question = {
  readonly found: Set<number>;
  readonly sentAt: number;
  answer(answer: ContractAnswer): void;
};

/** Asks TWS which contract a route means; one only is an answer. */
export function createContractQuestions(link: Link) {
  const open = new Map<number, Question>();

  link.api.on(
    EventName.contractDetails,
    link.safely('contractDetails', (id: number, { contract }: ContractDetails) => {
      const { conId } = contract;
      if (conId !== undefined && Number.isSafeInteger(conId) && conId > 0) {
        open.get(id)?.found.add(conId);
      }
    }),
  );
  link.api.on(
    EventName.contractDetailsEnd,
    link.safely('contractDetailsEnd', (id: number) => {
      const question = open.get(id);
      if (question === undefined || !open.delete(id)) return;
      const [contractId, ...others] = question.found;
      if (contractId !== undefined && others.length === 0) {
        question.answer({ kind: 'found', contractId });
      } else {
        const message = `${question.found.size} contracts have this name`;
        question.answer({ kind: 'refused', code: NO_SUCH_CONTRACT, message });
      }
    }),
  );

  return {
    ask(id: number, route: Route, now: number, answer: Question['answer']): void {
      open.set(id, { found: new Set(), sentAt: now, answer });
      link.api.reqContractDetails(id, contractOf(route));
    },
    /** Gives false when the id is of no question. */
    refused(id: number, code: number, message: string): boolean {
      const question = open.get(id);
      if (question === undefined || !open.delete(id)) return false;
      question.answer({ kind: 'refused', code, message });
      return true;
    },
    oldestAgeMs(now: number): number {
      let oldest = now;
      for (const { sentAt } of open.values()) oldest = Math.min(oldest, sentAt);
      return now - oldest;
    },
  };
}

const NO_SUCH_CONTRACT = 200;

/** A stock in the venue's own choice of exchanges; a share class has a blank here: `BRK B`. */
function contractOf({ instrument, symbol }: Route): Contract {
  const name = symbol.replaceAll('.', ' ');
  const place = { exchange: 'SMART', currency: instrument.quoteCurrency };
  return { symbol: name, secType: SecType.STK, ...place };
}

/** One contract once it is known. */
export function knownContract(contractId: number): Contract {
  return { conId: contractId, exchange: 'SMART' };
}
