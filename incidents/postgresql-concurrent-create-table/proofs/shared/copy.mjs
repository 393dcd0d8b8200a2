// One copy of the server; see copies.mjs. Each start has connections of its own.
import { pathToFileURL } from 'node:url';
import { close, shown, store } from './store.mjs';

const { start } = await import(pathToFileURL(process.argv[2]));

process.on('message', async (table) => {
  const made = store(table);
  let said = 'started';
  try {
    await start(made);
  } catch (error) {
    said = shown(error);
  }
  await close(made);
  process.send(said);
});
process.send('ready');
