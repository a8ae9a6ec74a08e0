/** The ticket of a login link, from `?ticket=` or `#ticket=`; null when there is none. */
function ticketInAddress(): string | null {
  const inQuery = new URLSearchParams(window.location.search).get('ticket');
  return inQuery ?? new URLSearchParams(window.location.hash.slice(1)).get('ticket');
}

/**
 * Reads the ticket once and takes it out of the address, so that no history or bookmark keeps it.
 */
export function takeTicketFromAddress(): string | null {
  const ticket = ticketInAddress();
  if (ticket !== null) window.history.replaceState(null, '', '/');
  return ticket;
}
