#!/usr/bin/env node
// Loads a module that defines Sequelize models, without a database. See --help.
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const HELP = `Usage: node load-models.mjs [--env NAME]... [--limit SECONDS] MODULE

Imports MODULE, which defines all Sequelize models and their associations, while DATABASE_URL
leads nowhere. A duplicate alias, and anything else that stops the server while its models load,
shows in under a second, in CI, before a deploy. It needs no database and changes nothing.

  MODULE           the module, such as backend/models/index.mjs. If your models are set up by a
                   function, name a three-line module that imports and calls it.
  --env NAME       another variable that holds the database's address; it leads nowhere, too.
  --limit SECONDS  how long loading may take (default 30).

Exit codes: 0 the models load, 1 they do not (the error is printed), 2 wrong usage.`;

const NOWHERE = 'postgres://nobody@127.0.0.1:9/none'; // the discard port: nobody listens

function usage(problem) {
  console.error(`${problem}\n\n${HELP}`);
  process.exit(2);
}

const names = ['DATABASE_URL'];
let limit = 30;
let module;
for (let rest = process.argv.slice(2); rest.length; ) {
  const argument = rest.shift();
  if (argument === '-h' || argument === '--help') {
    console.log(HELP);
    process.exit(0);
  } else if (argument === '--env') {
    names.push(rest.shift() || usage('--env needs the name of a variable'));
  } else if (argument === '--limit') {
    limit = Number(rest.shift());
    if (!(limit > 0)) usage('--limit needs a number of seconds');
  } else if (argument.startsWith('-')) {
    usage(`There is no option ${argument}`);
  } else if (module) {
    usage('Name one module');
  } else {
    module = resolve(argument);
  }
}
if (!module) usage('Name the module that defines the models');
if (!existsSync(module)) usage(`There is no ${module}`);

for (const name of names) process.env[name] = NOWHERE;
Object.assign(process.env, { PGHOST: '127.0.0.1', PGPORT: '9' });

function fails(error) {
  console.error(error);
  const said = String(error?.message);
  if (/in two separate associations|two associations with the same name/.test(said)) {
    console.error('models do not load: one alias is used twice on one model');
  } else if (/ECONNREFUSED/.test(`${error?.name} ${said} ${error?.parent?.code}`)) {
    console.error('models do not load: the module also connects; name the one that only defines them');
  } else {
    console.error('models do not load');
  }
  process.exit(1);
}

setTimeout(() => fails(new Error(`The module has not loaded after ${limit} s`)), limit * 1000);
import(pathToFileURL(module)).then(() => {
  console.log('models loaded');
  process.exit(0);
}, fails);
