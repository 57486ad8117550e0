#!/usr/bin/env node
// Runs the program of this platform, which npm installs as an optional dependency.
'use strict';
const { spawnSync } = require('node:child_process');

const platform = `${process.platform}-${process.arch}`;
const file = process.platform === 'win32' ? 'idtoken-lint.exe' : 'idtoken-lint';

let program;
try {
  program = require.resolve(`@idtoken-lint/${platform}/${file}`);
} catch {
  console.error(
    `idtoken-lint: the package @idtoken-lint/${platform} is not installed. Either there is none for this platform ` +
      '(then build it with cargo), or npm was told to leave optional dependencies out.',
  );
  process.exit(2);
}

const { status, signal, error } = spawnSync(program, process.argv.slice(2), { stdio: 'inherit' });
if (error) console.error(`idtoken-lint: ${error.message}`);
if (signal) process.kill(process.pid, signal);
else process.exitCode = status ?? 2;
