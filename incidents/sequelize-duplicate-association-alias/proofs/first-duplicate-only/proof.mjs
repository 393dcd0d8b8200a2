// Two aliases of User are used twice. The error names one of them; when that one is renamed, the
// next start names the other. So one crash says nothing about the next conflict, and a complete
// load does. Sequelize 4, 5, 6 and the pre-release of 7.
import assert from 'node:assert/strict';
import { PACKAGES, models, said } from '../shared/sequelize.mjs';

for (const name of Object.keys(PACKAGES)) {
  const load = (carts, wishes) => said(() => {
    const { db, User, ShoppingCart, SocialShoppingCart } = models(name);
    User.hasMany(ShoppingCart, { foreignKey: 'userId', as: 'carts' });
    User.hasMany(db.define('Wish', {}), { foreignKey: 'userId', as: 'wishes' });
    User.hasMany(SocialShoppingCart, { foreignKey: 'userId', as: carts });
    User.hasMany(db.define('SocialWish', {}), { foreignKey: 'userId', as: wishes });
  });
  const texts = [load('carts', 'wishes'), load('socialCarts', 'wishes'), load('socialCarts', 'socialWishes')];
  console.log(models(name).version);
  texts.forEach((text, number) => console.log(`  load ${number + 1}: ${text}`));
  assert.ok(/\bcarts\b/.test(texts[0]) && !/wishes/.test(texts[0]), 'the first error must name one alias alone');
  assert.match(texts[1], /\bwishes\b/, 'the second error must name the other');
  assert.equal(texts[2], 'no error');
}
