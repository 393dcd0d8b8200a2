// Writes or reads one moment in the zone that TZ names: with pg, or with Sequelize.
const pg = require('pg');

const MOMENT = new Date('2026-01-15T12:00:00Z');
const [, , what, column, library = 'pg'] = process.argv;

async function withPg() {
  const client = new pg.Client({ connectionString: process.env.DATABASE_URL });
  await client.connect();
  try {
    if (what === 'write') { await client.query(`UPDATE moments SET ${column} = $1`, [MOMENT]); return 'written'; }
    const { rows } = await client.query(`SELECT ${column} AS at FROM moments`);
    return rows[0].at.toISOString();
  } finally {
    await client.end();
  }
}
async function withSequelize() {
  const { DataTypes, Sequelize } = require('sequelize');
  const db = new Sequelize(process.env.DATABASE_URL, { logging: false });
  const Moment = db.define('moment', { id: { type: DataTypes.INTEGER, primaryKey: true }, [column]: DataTypes.DATE }, { tableName: 'moments', timestamps: false });
  try {
    if (what === 'write') { await Moment.update({ [column]: MOMENT }, { where: {} }); return 'written'; }
    return (await Moment.findOne())[column].toISOString();
  } finally {
    await db.close();
  }
}
(library === 'pg' ? withPg() : withSequelize()).then(console.log, (error) => { console.log(error.message); process.exit(1); });
