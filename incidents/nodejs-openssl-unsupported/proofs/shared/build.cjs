// Builds one file with the webpack that is named; prints "built" or the error.
const [, , version, hashFunction] = process.argv;
const webpack = require(version);
const output = { path: `${process.env.TMPDIR}/${version}`, ...(hashFunction ? { hashFunction } : {}) };
process.on('uncaughtException', (error) => { console.log(error.code, error.message); process.exit(1); });
webpack({ mode: 'production', context: __dirname, entry: './entry.js', output }).run((error, stats) => {
  if (error) throw error;
  console.log(stats.hasErrors() ? stats.toJson().errors[0] : 'built');
});
