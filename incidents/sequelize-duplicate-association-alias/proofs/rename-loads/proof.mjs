// The fix: the newer association has an alias of its own. Both associations load, and the second
// one's accessors are named after the new alias; those of the first stay as they are. Nothing is
// left of the old name on the newer model. Sequelize 4, 5, 6 and the pre-release of 7.
import assert from 'node:assert/strict';
import { PACKAGES, models, said } from '../shared/sequelize.mjs';

for (const name of Object.keys(PACKAGES)) {
  const { version, User, ShoppingCart, SocialShoppingCart } = models(name);
  const text = said(() => {
    User.hasMany(ShoppingCart, { foreignKey: 'userId', as: 'shoppingCarts' });
    User.hasMany(SocialShoppingCart, { foreignKey: 'userId', as: 'socialShoppingCarts' });
  });
  console.log(`${version}: ${text}`);
  assert.equal(text, 'no error');
  const { accessors } = User.associations.socialShoppingCarts;
  const names = Object.values(accessors);
  console.log(`  ${names.join(' ')}`);
  assert.equal(accessors.get, 'getSocialShoppingCarts');
  for (const accessor of names) {
    assert.match(accessor, /SocialShoppingCarts?$/);
    assert.equal(typeof User.prototype[accessor], 'function');
  }
  assert.equal(User.associations.shoppingCarts.accessors.get, 'getShoppingCarts');
}
