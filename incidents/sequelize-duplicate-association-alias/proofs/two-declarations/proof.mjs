// Two models are attached to User under one alias, as in the incident, with Sequelize 4, 5, 6 and
// the pre-release of 7. Each throws while the models load. The database address leads nowhere,
// and with an address of another kind of nowhere the error is the same: no database takes part.
import assert from 'node:assert/strict';
import { NOWHERE, PACKAGES, models, said } from '../shared/sequelize.mjs';

for (const name of Object.keys(PACKAGES)) {
  const texts = [NOWHERE, 'postgres://db.invalid/shop'].map((url) => {
    const { User, ShoppingCart, SocialShoppingCart } = models(name, url);
    assert.equal(said(() => User.hasMany(ShoppingCart, { foreignKey: 'userId', as: 'shoppingCarts' })), 'no error');
    return said(() => User.hasMany(SocialShoppingCart, { foreignKey: 'userId', as: 'shoppingCarts' }));
  });
  console.log(`${models(name).version}, second declaration:`);
  console.log(`  ${texts[0]}`);
  assert.notEqual(texts[0], 'no error', 'the second declaration must throw');
  assert.equal(texts[0], texts[1], 'the address of the database must not matter');
}
console.log('with another address, and no database there either: the same four errors');
