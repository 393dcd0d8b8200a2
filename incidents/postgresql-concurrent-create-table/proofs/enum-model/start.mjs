// How each copy starts: it syncs a model of its own.
import { DataTypes } from 'sequelize';

export function start({ db }) {
  return db.define('Post', { kind: DataTypes.ENUM('news', 'question') }).sync();
}
