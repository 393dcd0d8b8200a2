// A table, and the statements of two releases on it; the newer one knows the column `state`, and no
// longer `note`.
export const TABLE = "DROP TABLE IF EXISTS orders; CREATE TABLE orders (id serial PRIMARY KEY, note text, total int); INSERT INTO orders (note, total) VALUES ('a', 1)";

/** Return how each statement of a release ends on a connection. */
export async function release(client, version) {
  const statements = version === 1
    ? { writes: "INSERT INTO orders (note, total) VALUES ('b', 2)", reads: 'SELECT id, note FROM orders', 'reads all': { name: 'all', text: 'SELECT * FROM orders' } }
    : { writes: "INSERT INTO orders (total, state) VALUES (2, 'open')", reads: 'SELECT id, state FROM orders', 'reads all': { name: 'all', text: 'SELECT * FROM orders' } };
  const ends = [];
  for (const [label, statement] of Object.entries(statements)) {
    ends.push(`${label}: ${await client.query(statement).then(() => 'ok', (error) => `${error.code} ${error.message}`)}`);
  }
  return ends.join('; ');
}

export const WELL = 'writes: ok; reads: ok; reads all: ok';
