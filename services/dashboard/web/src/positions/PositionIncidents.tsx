import { symbolOf } from '@ballast/domain';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { trpc } from '../api/trpc.ts';
import { QueryFault } from '../parts/QueryFault.tsx';

const REFRESH_MS = 5_000;

/** What is wrong with a position, or is held at the venue without a trade and so in no row here. */
export function PositionIncidents() {
  const query = useQuery({ ...trpc.incidents.open.queryOptions(), refetchInterval: REFRESH_MS });
  return (
    <>
      <QueryFault error={query.error} what="Incidents" />
      {(query.data ?? []).map(
        ({ id, instrument, kind, detail }) =>
          instrument !== null && (
            <p key={id} className="fault" data-testid={`position-incident-${symbolOf(instrument)}`}>
              <strong>
                {symbolOf(instrument)} {kind}
              </strong>
              : {detail}.{' '}
              <Link to="/health" className="link">
                Health
              </Link>
            </p>
          ),
      )}
    </>
  );
}
