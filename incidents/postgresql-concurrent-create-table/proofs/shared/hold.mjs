// Holds CREATE TABLE at a known point, so that a race happens every time.
import { connect } from '../helpers/database.mjs';

/**
 * Hold everybody who creates a table just before the end, and return the connection that does;
 * its COMMIT lets them go on. CREATE TABLE writes the table's row type to pg_type first and the
 * entry of its primary key to pg_index late. So the first one waits here with its type written
 * and not committed, and whoever comes after it waits for that type.
 */
export async function holdCreateTable(catalog = 'pg_index') {
  const gate = await connect();
  await gate.query('BEGIN');
  await gate.query(`LOCK TABLE pg_catalog.${catalog} IN SHARE MODE`);
  return gate;
}
