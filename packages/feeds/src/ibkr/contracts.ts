import { type Contract, type ContractDetails, EventName, SecType } from '@stoqey/ib';
import type { Link } from './link.ts';

/** A stock in our own spelling, for example `BRK.B`. */
export type AskedContract = { readonly symbol: string; readonly currency: string };

/** What the SDK has read of one contract; any of it may be missing or of another type. */
export type ContractTerms = Readonly<
  Record<'symbol' | 'secType' | 'currency' | 'minTick' | 'industry', unknown>
>;

export type ContractAnswer =
  | { readonly kind: 'found'; readonly contractId: number; readonly terms: ContractTerms }
  | { readonly kind: 'refused'; readonly code: number; readonly message: string };

type Question = {
  readonly found: Map<number, ContractTerms>;
  readonly sentAt: number;
  answer(answer: ContractAnswer): void;
};

/** Asks TWS which contract a symbol means; one only is an answer. */
export function createContractQuestions(link: Link) {
  const open = new Map<number, Question>();

  link.api.on(
    EventName.contractDetails,
    link.safely(
      'contractDetails',
      (id: number, { contract, minTick, industry }: ContractDetails) => {
        const { conId, symbol, secType, currency } = contract;
        if (conId !== undefined && Number.isSafeInteger(conId) && conId > 0) {
          open.get(id)?.found.set(conId, { symbol, secType, currency, minTick, industry });
        }
      },
    ),
  );
  link.api.on(
    EventName.contractDetailsEnd,
    link.safely('contractDetailsEnd', (id: number) => {
      const question = open.get(id);
      if (question === undefined || !open.delete(id)) return;
      const [contract, ...others] = question.found;
      if (contract !== undefined && others.length === 0) {
        const [contractId, terms] = contract;
        question.answer({ kind: 'found', contractId, terms });
      } else {
        const { size } = question.found;
        const code = size === 0 ? CONTRACT_NOT_READ : NO_SUCH_CONTRACT;
        question.answer({ kind: 'refused', code, message: `${size} contracts were told` });
      }
    }),
  );

  return {
    ask(id: number, asked: AskedContract, now: number, answer: Question['answer']): void {
      open.set(id, { found: new Map(), sentAt: now, answer });
      link.api.reqContractDetails(id, contractOf(asked));
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
/** Ours, below the venue's own: it has ended its answer, and no contract in it could be read. */
const CONTRACT_NOT_READ = -1;

/** A share class has a blank here: `BRK B`. */
export function venueSymbol(symbol: string): string {
  return symbol.replaceAll('.', ' ');
}

/** A stock in the venue's own choice of exchanges. */
function contractOf({ symbol, currency }: AskedContract): Contract {
  const place = { exchange: 'SMART', currency };
  return { symbol: venueSymbol(symbol), secType: SecType.STK, ...place };
}

/** One contract once it is known. */
export function knownContract(contractId: number): Contract {
  return { conId: contractId, exchange: 'SMART' };
}
