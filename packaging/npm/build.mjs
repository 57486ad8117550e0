// Makes the folders that `npm pack` and `npm publish` take.
//
//   node build.mjs main FOLDER                      the package that people install
//   node build.mjs platform NAME BINARY FOLDER      the package with the program of one platform
//   node build.mjs targets                          the platforms and their Rust targets, for the release workflow
import { chmod, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const cargo = await readFile(join(root, 'Cargo.toml'), 'utf8');
const value = (key) => cargo.match(new RegExp(`^${key} = "(.*)"$`, 'm'))[1];
const [version, description, license] = ['version', 'description', 'license'].map(value);
const platforms = JSON.parse(await readFile(join(here, 'platforms.json'), 'utf8'));
const repository = { type: 'git', url: `git+${value('repository')}.git` };
const common = { version, license, repository, homepage: `${value('repository')}#readme` };

async function write(folder, manifest, files) {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
  for (const [from, to] of files) await copyFile(from, join(folder, to));
  for (const name of ['LICENSE-MIT', 'LICENSE-APACHE']) await copyFile(join(root, name), join(folder, name));
}

const [command, ...rest] = process.argv.slice(2);
if (command === 'main' && rest.length === 1) {
  const manifest = {
    name: 'idtoken-lint',
    ...common,
    description,
    keywords: ['auth0', 'lint', 'security', 'static-analysis', 'sarif'],
    bin: { 'idtoken-lint': 'bin.js' },
    files: ['bin.js', 'LICENSE-MIT', 'LICENSE-APACHE'],
    engines: { node: '>=16' },
    optionalDependencies: Object.fromEntries(platforms.map(({ name }) => [`@idtoken-lint/${name}`, version])),
  };
  await write(rest[0], manifest, [[join(here, 'bin.js'), 'bin.js'], [join(here, 'README.md'), 'README.md']]);
} else if (command === 'platform' && rest.length === 3) {
  const [name, binary, folder] = rest;
  const platform = platforms.find((known) => known.name === name);
  if (!platform) throw new Error(`there is no platform ${name}`);
  const program = platform.os === 'win32' ? 'idtoken-lint.exe' : 'idtoken-lint';
  const manifest = {
    name: `@idtoken-lint/${name}`,
    ...common,
    description: `The program of idtoken-lint for ${name}`,
    os: [platform.os],
    cpu: [platform.cpu],
    files: [program, 'LICENSE-MIT', 'LICENSE-APACHE'],
    preferUnplugged: true,
  };
  await write(folder, manifest, [[binary, program]]);
  await chmod(join(folder, program), 0o755);
} else if (command === 'targets' && rest.length === 0) {
  console.log(platforms.map(({ name, target }) => `${name} ${target}`).join('\n'));
} else {
  console.error(`usage: ${basename(process.argv[1])} main FOLDER | platform NAME BINARY FOLDER | targets`);
  process.exitCode = 2;
}
