export * from './bar-fold.ts';
export * from './score-board.ts';
