// The race in two sessions, step by step, printed as it goes.
import { connect, disconnect, said, untilWaiting } from '../helpers/database.mjs';

/**
 * A runs its statement in an open transaction, B runs another and waits; then A ends.
 * Return what B got: "ok", or the error.
 */
export async function race(first, second, end = 'COMMIT') {
  const [control, a, b] = [await connect(), await connect(), await connect()];
  await a.query('BEGIN');
  await a.query(first);
  console.log(`A: BEGIN; ${first}`);
  const answer = said(b, second);
  const [event] = await untilWaiting(control, 1);
  console.log(`B: ${second}   waits (Lock: ${event})`);
  await a.query(end);
  console.log(`A: ${end}`);
  const text = await answer;
  console.log(`B: ${text}`);
  await disconnect();
  return text;
}
