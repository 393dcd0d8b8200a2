// Several processes that start together: copies of one server.
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/**
 * Start processes that load a module and wait. Return them, and a function that lets all of them
 * call its `start({ db, store })` with a table name, and tells how that ended for each.
 */
export async function copies(count, module) {
  const file = fileURLToPath(new URL('./copy.mjs', import.meta.url));
  const processes = Array.from({ length: count }, () => fork(file, [module]));
  await Promise.all(processes.map((copy) => once(copy, 'message')));
  return {
    start: (table) => Promise.all(processes.map(async (copy) => {
      copy.send(table);
      return (await once(copy, 'message'))[0];
    })),
    end: () => processes.forEach((copy) => copy.disconnect()),
  };
}
