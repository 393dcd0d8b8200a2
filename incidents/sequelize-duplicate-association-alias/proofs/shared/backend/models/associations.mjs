import { DataTypes } from 'sequelize';

export default function (db) {
  const User = db.define('User', { name: DataTypes.STRING });
  const ShoppingCart = db.define('ShoppingCart', { userId: DataTypes.INTEGER });
  User.hasMany(ShoppingCart, { foreignKey: 'userId', as: 'shoppingCarts' });
}
