// Ways to write the same declaration; see proof.sh. This file is read, never run.
import { Model, type Sequelize } from 'sequelize';

export class User extends Model {
  static associate(models: Sequelize['models']): void {
    this.hasMany(models.Order, {
      foreignKey: { name: 'userId', allowNull: false },
      as: 'orders', // line 8 of a declaration that begins in line 6
    });
  }
}
export default (db: Sequelize) => {
  db.models['User'].hasOne(db.models.Order, { "as": "orders" });
  db.model('User').belongsToMany(db.models.Tag, { as: `tags`, through: { model: 'UserTags', as: 'orders' } });
  // User.hasMany(db.models.Tag, { as: 'tags' }); a comment does not count
  const text = "User.hasMany(Tag, { as: 'tags' })", pattern = /User.hasMany(Tag, { as: 'tags' })/;
  const long = `User.hasMany(Tag, { as: 'tags' }) ${text} ${`${pattern}`}`;
  db.models.Admin.hasMany(db.models.Order, { as: 'orders', constraints: Boolean(long) });
  db.models.Admin.hasMany(db.models.Tag, { as: { singular: 'order', plural: 'orders' } });
};
