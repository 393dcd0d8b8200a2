// Prisma Migrate with its engine as WebAssembly, which npm has; the binary would come from elsewhere.
// Two things are as in the binary: a migration is sent to the server as one text, and the type "name" is text.
import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';

// A command ends with its last work, and not ten seconds later: neither the engine's limit on its wait for a lock,
// whose timer it never clears, nor an idle connection keeps the process.
const { setTimeout } = globalThis;
globalThis.setTimeout = (...all) => (all[1] >= 10_000 ? setTimeout(...all).unref() : setTimeout(...all));

for (const { prototype } of [pg.Client, pg.Pool]) {
  const { query } = prototype;
  prototype.query = function (...all) {
    const answer = query.apply(this, all);
    return answer?.then?.((result) => {
      for (const field of result.fields ?? []) if (field.dataTypeID === 19) field.dataTypeID = 25;
      return result;
    }) ?? answer;
  };
}

export default {
  engine: 'js',
  experimental: { adapter: true },
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  adapter: async () => {
    const factory = new PrismaPg({ connectionString: process.env.DATABASE_URL, max: 1, allowExitOnIdle: true });
    const connect = factory.connect.bind(factory);
    factory.connect = async () => {
      const adapter = await connect();
      adapter.executeScript = (script) => adapter.client.query(script).then(() => {}, (error) => adapter.onError(error));
      return adapter;
    };
    return factory;
  },
};
