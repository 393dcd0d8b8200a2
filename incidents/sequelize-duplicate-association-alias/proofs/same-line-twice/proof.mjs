// One declaration, whose line runs twice because the set-up is called twice: the error is the same
// as with two declarations. Renaming the alias does not help, the new alias is then used twice;
// running the set-up once does. Sequelize 4, 5, 6 and the pre-release of 7.
import assert from 'node:assert/strict';
import { PACKAGES, models, said } from '../shared/sequelize.mjs';

for (const name of Object.keys(PACKAGES)) {
  const { version } = models(name);
  const setUp = (alias, times) => said(() => {
    const { User, ShoppingCart } = models(name);
    const associate = () => User.hasMany(ShoppingCart, { foreignKey: 'userId', as: alias });
    for (let time = 0; time < times; time++) associate();
  });
  const two = said(() => {
    const { User, ShoppingCart, SocialShoppingCart } = models(name);
    User.hasMany(ShoppingCart, { as: 'shoppingCarts' });
    User.hasMany(SocialShoppingCart, { as: 'shoppingCarts' });
  });
  const same = setUp('shoppingCarts', 2);
  const renamed = setUp('socialShoppingCarts', 2);
  const once = setUp('shoppingCarts', 1);
  console.log(`${version}\n  run twice: ${same}\n  renamed:   ${renamed}\n  run once:  ${once}`);
  assert.equal(same, two, 'the error must be the one of two declarations');
  assert.equal(renamed, same.replace('shoppingCarts', 'socialShoppingCarts'), 'renaming must not help');
  assert.equal(once, 'no error');
}
