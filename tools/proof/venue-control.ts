/**
 * Orders a fault, or a move of the market, by the simulated venue. @throws Error when it refuses
 */
export async function controlVenue(venueUrl: string, path: string, body: object): Promise<void> {
  const response = await fetch(`${venueUrl}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
}
