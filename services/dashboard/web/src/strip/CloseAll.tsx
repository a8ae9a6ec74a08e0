import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { trpc } from '../api/trpc.ts';
import { useAccount, useSilence } from '../live/use-live.ts';
import { ChangeDialog } from '../positions/ChangeDialog.tsx';
import { ResultFigure } from '../positions/ResultFigure.tsx';

/** Out of everything, from every page: positions closed at market, waiting entries cancelled. */
export function CloseAll() {
  const [asking, setAsking] = useState(false);
  const silent = useSilence() !== null;
  return (
    <>
      <button
        type="button"
        className="strip-button"
        disabled={silent}
        onClick={() => setAsking(true)}
        data-testid="close-all"
      >
        Close all
      </button>
      {asking && <CloseAllDialog onClose={() => setAsking(false)} />}
    </>
  );
}

function CloseAllDialog({ onClose }: { onClose: () => void }) {
  const closeAll = useMutation(trpc.trades.closeAll.mutationOptions());
  const portfolio = useAccount()?.portfolio ?? null;
  const count = portfolio?.positions.length ?? 0;
  const positions = count === 1 ? 'the one open position' : `all ${count} open positions`;
  return (
    <ChangeDialog
      name="close-all"
      title="Close everything?"
      sentTitle="Closing everything"
      tradeId={null}
      confirm="Close all"
      color="red.9"
      reason="everything closed by the operator"
      send={(asked) => closeAll.mutate(asked)}
      state={closeAll}
      onClose={onClose}
    >
      <p className="confirm-sentence">
        {count > 0 && `Close ${positions} at the market, with stops and targets. `}
        Cancel every entry that still waits. Strategies that are on may open new trades afterwards.
      </p>
      <dl className="figures">
        <ResultFigure
          label="Unrealised now, before fees"
          value={portfolio?.unrealised ?? null}
          currency={portfolio?.currency ?? undefined}
        />
      </dl>
    </ChangeDialog>
  );
}
