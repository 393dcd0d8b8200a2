// How each instance starts: it runs the migrations.
import { fileURLToPath } from 'node:url';
import Sequelize from 'sequelize';
import Umzug from 'umzug';

export function start({ db }) {
  const migrations = { path: fileURLToPath(new URL('./migrations', import.meta.url)), params: [db.getQueryInterface(), Sequelize] };
  return new Umzug({ storage: 'sequelize', storageOptions: { sequelize: db }, migrations }).up();
}
