// The code base of the incident, made small: two modules attach a model to User, with one alias.
import db from '../database.mjs';
import core from './associations.mjs';
import social from './social/enhanced/index.mjs';

core(db);
social(db);
export default db;
