await sequelize.query('DROP TABLE IF EXISTS "Sessions" CASCADE');
