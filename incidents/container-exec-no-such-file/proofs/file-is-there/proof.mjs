// A file that is there and can be read, and for which the kernel says ENOENT; and what it says if the
// file is not there, is not executable, or has no first line.
import { existsSync, readFileSync } from 'node:fs';
import { ofAnotherLinux, program, starts } from '../shared/files.mjs';
import { shows } from '../helpers/runbook.mjs';

const windows = program('windows.sh', '#!/bin/sh\r\necho started\r\n');
shows('line ends of Windows', starts(windows), 'ENOENT');
shows('and the file', existsSync(windows) ? 'is there' : 'is not there', 'is there');
shows('with the right to execute or all rights', starts(program('windows.sh', '#!/bin/sh\r\necho started\r\n', 0o777)), 'ENOENT');
shows('without that right', starts(program('plain.sh', '#!/bin/sh\necho started\n', 0o644)), 'EACCES');
shows('Unix line ends', starts(program('unix.sh', readFileSync(windows, 'utf8').replaceAll('\r', ''))), 'started');
shows('an interpreter that is not there', starts(program('bash.sh', '#!/opt/none/bash\necho started\n')), 'ENOENT');
shows('a program of another Linux', starts(ofAnotherLinux('other')), 'ENOENT');
// Shells and Node.js try such a file with sh; Docker does not, and says exec format error.
shows('no first line, with a shell to fall back on', starts(program('none.sh', 'echo started\n')), 'started');
