sequelize.sync().then(() => app.listen(process.env.PORT));
