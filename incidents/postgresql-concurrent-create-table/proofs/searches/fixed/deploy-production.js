await sequelize.query('ALTER TABLE "Sessions" RENAME TO "UserSessions"');
