sequelize.authenticate().then(() => app.listen(process.env.PORT));
