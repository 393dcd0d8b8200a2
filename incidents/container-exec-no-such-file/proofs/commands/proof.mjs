// The commands of the runbook, on files of each kind.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { ofAnotherLinux, program } from '../shared/files.mjs';
import { runbook, shows } from '../helpers/runbook.mjs';

const look = (FILE) => runbook('diagnosis-1', { FILE });
shows('Windows', await look(program('a.sh', '#!/bin/sh\r\necho\r\n')), 'cause: the line ends of Windows; exit 0');
shows('no interpreter', await look(program('b.sh', '#!/opt/none/bash -e\n')), 'cause: no /opt/none/bash in this image; exit 0');
shows('env', await look(program('c.sh', '#!/usr/bin/env none-here\n')), 'cause: no none-here in this image; exit 0');
shows('no first line', await look(program('d.sh', 'echo\n')), 'cause: no first line with #!; exit 0');
shows('not executable', await look(program('e.sh', '#!/bin/sh\n', 0o644)), 'cause: it is not executable and runs with /bin/sh; exit 0');
shows('not there', await look('./none.sh'), 'cause: the file is not there; exit 0');
shows('another Linux', await look(ofAnotherLinux('f')), /^cause: built for another Linux, which has .*ld-none/);
shows('a program', await look('/bin/true'), 'runs by itself; exit 0');
shows('right', await look(program('g.sh', '#!/bin/sh\n')), 'runs with /bin/sh; exit 0');
const again = (FILE) => runbook('verification-1', { FILE });
shows('verification', await again('./g.sh'), '#!/bin/sh; exit 0');
shows('verification, Windows', await again('./a.sh'), '#!/bin/sh?; exit 0');

mkdirSync('shop');
execFileSync('git', ['init', '-q', 'shop']);
const check = async (text) => {
  writeFileSync('shop/start.sh', text);
  execFileSync('git', ['-C', 'shop', 'add', '.']);
  return await runbook('check-scripts-have-unix-line-ends', { REPOSITORY: 'shop' });
};
shows('check, fault', await check('#!/bin/sh\r\necho\r\n'), /^i\/crlf +w\/crlf .*start\.sh; exit 0$/);
shows('check, fixed', await check('#!/bin/sh\necho\n'), 'nothing; exit 1');
