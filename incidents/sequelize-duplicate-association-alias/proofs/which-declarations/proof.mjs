// Which pairs of declarations throw, with Sequelize 4, 5, 6 and the pre-release of 7: an alias has
// to be unique among all associations of one model, whatever their kind. What looks alike and is
// something else has its own text: an alias that equals an attribute of the model.
import assert from 'node:assert/strict';
import { PACKAGES, models, said } from '../shared/sequelize.mjs';

const DUPLICATE = /You have used the alias carts in two|You have defined two associations with the same name "carts"/;
const key = { foreignKey: 'userId' };
const cases = {
  'hasMany and hasOne, one alias': [DUPLICATE, ({ User, ShoppingCart, SocialShoppingCart }) => {
    User.hasMany(ShoppingCart, { ...key, as: 'carts' });
    User.hasOne(SocialShoppingCart, { ...key, as: 'carts' });
  }],
  'hasMany and belongsTo, one alias': [DUPLICATE, ({ User, ShoppingCart, SocialShoppingCart }) => {
    User.hasMany(ShoppingCart, { ...key, as: 'carts' });
    User.belongsTo(SocialShoppingCart, { foreignKey: 'cartId', as: 'carts' });
  }],
  'aliases that differ in case': [/^no error$/, ({ User, ShoppingCart, SocialShoppingCart }) => {
    User.hasMany(ShoppingCart, { ...key, as: 'carts' });
    User.hasMany(SocialShoppingCart, { ...key, as: 'Carts' });
  }],
  'one alias on two models': [/^no error$/, ({ db, User, ShoppingCart, SocialShoppingCart }) => {
    User.hasMany(ShoppingCart, { ...key, as: 'carts' });
    db.define('Admin', {}).hasMany(SocialShoppingCart, { foreignKey: 'adminId', as: 'carts' });
  }],
  'alias equal to an attribute': [/Naming collision between attribute 'carts' and association 'carts'/,
    ({ db, DataTypes, ShoppingCart }) => {
      db.define('Guest', { carts: DataTypes.INTEGER }).hasMany(ShoppingCart, { ...key, as: 'carts' });
    }],
};
for (const [label, [expected, declare]] of Object.entries(cases)) {
  for (const name of Object.keys(PACKAGES)) {
    const text = said(() => declare(models(name)));
    console.log(`${label}, ${PACKAGES[name]}: ${text.slice(0, 150)}`);
    assert.match(text, expected);
  }
}

// Without any alias, 4 to 6 let the second declaration replace the first; 7 refuses it.
for (const name of Object.keys(PACKAGES)) {
  const { User, ShoppingCart } = models(name);
  const text = said(() => [1, 2].forEach(() => User.hasMany(ShoppingCart, key)));
  const left = Object.keys(User.associations).length;
  console.log(`no alias, twice, ${PACKAGES[name]}: ${text === 'no error' ? text : 'refused'}, ${left} association left`);
  assert.deepEqual([text === 'no error', left], [PACKAGES[name] < 7, 1]);
}
