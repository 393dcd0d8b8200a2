// The commands of the runbook, on files of each kind.
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { ofAnotherLinux, program } from '../shared/files.mjs';
import { runbook, shows } from '../shared/runbook.mjs';

const look = (FILE) => runbook('diagnosis-1', { FILE });
shows('Windows', look(program('a.sh', '#!/bin/sh\r\necho\r\n')), 'cause: the line ends of Windows; exit 0');
shows('no interpreter', look(program('b.sh', '#!/opt/none/bash -e\n')), 'cause: no /opt/none/bash in this image; exit 0');
shows('env', look(program('c.sh', '#!/usr/bin/env none-here\n')), 'cause: no none-here in this image; exit 0');
shows('no first line', look(program('d.sh', 'echo\n')), 'cause: no first line with #!; exit 0');
shows('not executable', look(program('e.sh', '#!/bin/sh\n', 0o644)), 'cause: it is not executable and runs with /bin/sh; exit 0');
shows('not there', look('./none.sh'), 'cause: the file is not there; exit 0');
shows('another Linux', look(ofAnotherLinux('f')), /^cause: built for another Linux, which has .*ld-none/);
shows('a program', look('/bin/true'), 'runs by itself; exit 0');
shows('right', look(program('g.sh', '#!/bin/sh\n')), 'runs with /bin/sh; exit 0');
const again = (FILE) => runbook('verification-1', { FILE });
shows('verification', again('./g.sh'), '#!/bin/sh; exit 0');
shows('verification, Windows', again('./a.sh'), '#!/bin/sh?; exit 0');

mkdirSync('shop');
execFileSync('git', ['init', '-q', 'shop']);
const check = (text) => {
  writeFileSync('shop/start.sh', text);
  execFileSync('git', ['-C', 'shop', 'add', '.']);
  return runbook('check-scripts-have-unix-line-ends', { REPOSITORY: 'shop' });
};
shows('check, fault', check('#!/bin/sh\r\necho\r\n'), /^i\/crlf +w\/crlf .*start\.sh; exit 0$/);
shows('check, fixed', check('#!/bin/sh\necho\n'), 'nothing; exit 1');
