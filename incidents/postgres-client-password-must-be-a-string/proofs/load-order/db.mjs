// Reads the variable while it is imported, as most modules that open a pool do.
export const password = process.env.DB_PASSWORD;
