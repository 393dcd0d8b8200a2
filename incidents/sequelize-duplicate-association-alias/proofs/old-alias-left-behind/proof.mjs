// After the rename, code is left that uses the old alias for the newer model. Nothing of it stops
// the start: the models load and sync. An include of the newer model under the old alias fails
// when its query runs; an include by name alone, and the old accessor, return the rows of the
// other model without a word. Sequelize 4, 5 and 6.
import assert from 'node:assert/strict';
import { models } from '../shared/sequelize.mjs';

for (const name of ['sequelize-4', 'sequelize-5', 'sequelize']) {
  const { db, version, User, ShoppingCart, SocialShoppingCart } = models(name, process.env.DATABASE_URL);
  User.hasMany(ShoppingCart, { foreignKey: 'userId', as: 'shoppingCarts' });
  User.hasMany(SocialShoppingCart, { foreignKey: 'userId', as: 'socialShoppingCarts' });
  await db.sync({ force: true });
  console.log(`${version}: models loaded, server would start`);
  const user = await User.create({});
  await ShoppingCart.create({ userId: user.id });
  await SocialShoppingCart.create({ userId: user.id });

  const rows = (found) => found.map((row) => row.constructor.name).join();
  const asked = async (run) => {
    try {
      return `rows of ${await run()}`;
    } catch (error) {
      return `${error.name}: ${error.message}`;
    }
  };
  const told = {
    'include { model: SocialShoppingCart, as: shoppingCarts }': await asked(async () =>
      rows((await User.findAll({ include: [{ model: SocialShoppingCart, as: 'shoppingCarts' }] }))[0].shoppingCarts)),
    'include by name alone, shoppingCarts': await asked(async () =>
      rows((await User.findAll({ include: ['shoppingCarts'] }))[0].shoppingCarts)),
    'user.getShoppingCarts()': await asked(async () => rows(await user.getShoppingCarts())),
    'user.getSocialShoppingCarts()': await asked(async () => rows(await user.getSocialShoppingCarts())),
    'include by an alias that none has': await asked(async () => rows(await User.findAll({ include: ['oldCarts'] }))),
  };
  for (const [what, text] of Object.entries(told)) console.log(`  ${what}: ${text}`);
  const [include, byName, accessor, renamed, unknown] = Object.values(told);
  assert.match(include, /^SequelizeEagerLoadingError: SocialShoppingCart is associated to User using an alias\. You've included an alias \(shoppingCarts\), but it does not match/);
  assert.equal(byName, 'rows of ShoppingCart');
  assert.equal(accessor, 'rows of ShoppingCart');
  assert.equal(renamed, 'rows of SocialShoppingCart');
  assert.match(unknown, /^Error: Association with alias "oldCarts" does not exist/);
  await db.close();
}
