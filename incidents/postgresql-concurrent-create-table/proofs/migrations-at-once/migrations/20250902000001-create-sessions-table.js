module.exports = {
  up: (query, { STRING, DATE, TEXT }) => query.createTable('UserSessions', {
    sid: { type: STRING(36), primaryKey: true },
    expires: DATE,
    data: TEXT,
    createdAt: { type: DATE, allowNull: false },
    updatedAt: { type: DATE, allowNull: false },
  }),
  down: (query) => query.dropTable('UserSessions'),
};
