import { DataTypes } from 'sequelize';

export default function (db) {
  const SocialShoppingCart = db.define('SocialShoppingCart', { userId: DataTypes.INTEGER });
  db.models.User.hasMany(SocialShoppingCart, { foreignKey: 'userId', as: 'shoppingCarts' });
}
