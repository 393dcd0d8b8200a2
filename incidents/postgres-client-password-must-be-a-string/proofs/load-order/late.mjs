import dotenv from 'dotenv';
import { password } from './db.mjs';

dotenv.config({ quiet: true });
console.log(typeof password);
