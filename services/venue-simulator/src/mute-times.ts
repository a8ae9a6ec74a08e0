type State = 'open' | 'silent' | 'halfOpen';
/** All connections of a venue, or those alone that carry public data. */
type Place = 'socket' | 'feedSocket';

export type MuteTimes = {
  /** Connections are `state` for `ms` from now on, or as much longer as they were to be. */
  begin(where: { readonly place: Place; readonly state: 'silent' | 'halfOpen' }, ms: number): void;
  end(where: { readonly place: Place; readonly state: 'silent' | 'halfOpen' }): void;
  socket(): State;
  /** Public connections are mute when all are, too. */
  feedSocket(): State;
};

/** Until when the connections of a venue are mute. */
export function createMuteTimes(now: () => number): MuteTimes {
  const ends = {
    socket: { silent: 0, halfOpen: 0 },
    feedSocket: { silent: 0, halfOpen: 0 },
  };
  const stateOf = (silent: number, halfOpen: number): State => {
    if (now() < halfOpen) return 'halfOpen';
    return now() < silent ? 'silent' : 'open';
  };
  return {
    begin({ place, state }, ms) {
      ends[place][state] = Math.max(ends[place][state], now() + ms);
    },
    end({ place, state }) {
      ends[place][state] = 0;
    },
    socket: () => stateOf(ends.socket.silent, ends.socket.halfOpen),
    feedSocket() {
      const { socket, feedSocket } = ends;
      const silent = Math.max(socket.silent, feedSocket.silent);
      return stateOf(silent, Math.max(socket.halfOpen, feedSocket.halfOpen));
    },
  };
}
