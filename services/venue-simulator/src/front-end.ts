/** What every venue's front end can do, beside its protocol. */
export type FrontEnd = {
  /** On loopback; 0 takes any free port. Tells port and addresses. */
  listen(port: number): Promise<Readonly<Record<string, string | number>>>;
  close(): Promise<void>;
  /** All connections at once, as a network does. */
  breakConnections(): void;
  /**
   * Every connection ends, none is taken for `ms`, then all is as before. `rollBackIds`: what the
   * venue counts for a session begins again below what was used. Done when it listens again.
   */
  restart(options: { readonly ms: number; readonly rollBackIds: boolean }): Promise<void>;
  /** The working orders are gone, and nobody is told. */
  loseState(): void;
  /** Of one of the matcher's orders, where the matcher does not know it; '' for none. */
  clientOrderIdOf?(orderId: string): string;
};
