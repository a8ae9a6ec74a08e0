import type { Work } from '../journal/work.ts';

/**
 * The works of one commit with those first that may engage the brake: what is decided in the same
 * commit is decided under it, whoever was a millisecond earlier. A release of the same commit goes
 * before them, so that it lifts no brake that was asked for beside it.
 */
export function engagingFirst(works: readonly Work[]): readonly Work[] {
  const engaging = works.filter(mayEngage);
  if (engaging.length === 0) return works;
  const releases = works.filter(isRelease);
  return [
    ...releases,
    ...engaging,
    ...works.filter((work) => !isRelease(work) && !mayEngage(work)),
  ];
}

function mayEngage(work: Work): boolean {
  if (work.type === 'command') return work.command.type === 'engageBrake';
  return work.type === 'brake' && (work.input.type === 'engage' || work.input.type === 'equity');
}

function isRelease(work: Work): boolean {
  return work.type === 'command' && work.command.type === 'releaseBrake';
}
