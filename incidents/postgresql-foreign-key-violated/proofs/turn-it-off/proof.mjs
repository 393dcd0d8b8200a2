// The popular advice, tried: take the constraint away while rows are written, or turn its triggers off. The error is gone and
// the row names nobody; the constraint cannot come back, and with ON DELETE CASCADE a delete takes more than was meant.
import { connect, disconnect, said } from '../helpers/database.mjs';
import { shows } from '../helpers/runbook.mjs';

const admin = await connect();
await admin.query(`CREATE TABLE users (id serial PRIMARY KEY); CREATE TABLE orders (id serial PRIMARY KEY, user_id int REFERENCES users, total int)`);
await admin.query('ALTER TABLE orders DROP CONSTRAINT orders_user_id_fkey');
shows('without the constraint', await said(admin, 'INSERT INTO orders (user_id) VALUES (7)'), 'ok');
shows('orders without a user', (await admin.query('SELECT count(*) FROM orders LEFT JOIN users ON users.id = user_id WHERE users.id IS NULL')).rows[0].count, '1');
const BACK = 'ALTER TABLE orders ADD CONSTRAINT orders_user_id_fkey FOREIGN KEY (user_id) REFERENCES users';
shows('the constraint back', await said(admin, BACK), /^23503 insert or update on table "orders" violates foreign key constraint "orders_user_id_fkey"/);

await admin.query('DELETE FROM orders');
await admin.query(`${BACK} ON DELETE CASCADE; INSERT INTO users DEFAULT VALUES; INSERT INTO orders (user_id, total) SELECT max(id), 10 FROM users`);
shows('CASCADE, the user deleted', await said(admin, 'DELETE FROM users'), 'ok');
shows('orders left', (await admin.query('SELECT count(*) FROM orders')).rows[0].count, '0');
await disconnect();
