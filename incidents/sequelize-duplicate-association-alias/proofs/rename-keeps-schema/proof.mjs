// What a rename does to the schema: sync() under one alias, pg_dump -s, then the same under another
// alias in an empty database, and the two dumps compared. With a foreignKey of its own, and with
// hasMany, nothing changes; a belongsTo without foreignKey names its column after the alias.
// Sequelize 4, 5 and 6.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { models } from '../shared/sequelize.mjs';

const dump = () => execFileSync('pg_dump', ['-s', '--restrict-key=proof'], { encoding: 'utf8' });

/** Return the dump after sync() with one association on an empty database, and the model's columns. */
async function schema(name, associate) {
  const all = models(name, process.env.DATABASE_URL);
  associate(all);
  await all.db.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
  await all.db.sync();
  const [[{ columns }]] = await all.db.query(
    `SELECT string_agg(column_name, ' ' ORDER BY column_name) AS columns
     FROM information_schema.columns WHERE table_name IN ('Carts', 'Owners')`);
  await all.db.close();
  return { columns, text: dump() };
}

const cases = {
  'hasMany, with foreignKey': [true, (as) => ({ db, User }) =>
    User.hasMany(db.define('Cart', {}), { foreignKey: 'userId', as }), 'carts', 'socialCarts'],
  'hasMany, without foreignKey': [true, (as) => ({ db, User }) =>
    User.hasMany(db.define('Cart', {}), { as }), 'carts', 'socialCarts'],
  'belongsTo, with foreignKey': [true, (as) => ({ db, User }) =>
    db.define('Cart', {}).belongsTo(User, { foreignKey: 'userId', as }), 'owner', 'socialOwner'],
  'belongsTo, without foreignKey': [false, (as) => ({ db, User }) =>
    db.define('Cart', {}).belongsTo(User, { as }), 'owner', 'socialOwner'],
};
for (const name of ['sequelize-4', 'sequelize-5', 'sequelize']) {
  console.log(models(name).version);
  for (const [label, [same, declare, before, after]] of Object.entries(cases)) {
    const [old, renamed] = [await schema(name, declare(before)), await schema(name, declare(after))];
    const identical = old.text === renamed.text;
    console.log(`  ${label}: dumps ${identical ? 'identical' : `differ: ${old.columns} -> ${renamed.columns}`}`);
    assert.equal(identical, same);
  }
}
