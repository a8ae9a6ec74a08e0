/** Long or short by word and arrow. */
export function DirectionTag({ direction }: { direction: string }) {
  const long = direction === 'long' || direction === 'buy';
  return (
    <span className={`direction ${long ? 'up' : 'down'}`}>
      <span aria-hidden="true">{long ? '▲' : '▼'}</span> {direction.toUpperCase()}
    </span>
  );
}
