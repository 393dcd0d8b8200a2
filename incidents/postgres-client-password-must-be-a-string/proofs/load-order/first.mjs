import 'dotenv/config';
import { password } from './db.mjs';

console.log(typeof password);
