import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { ALLOWED, PROOFS, TOOLS_FOR_TESTS } from './allowed-imports.ts';
import { type Import, importsOf, packageOf } from './imports.ts';
import { CHECKOUT, isTest, projectFiles, type ProjectFile, sourceFiles } from './source-files.ts';

/** Fewer than these and the guard has gone blind. */
const MEMBERS_MIN = 20;
const MODULES_MIN = 1_850;
const IMPORTS_MIN = 8_900;
const OUR_SCOPE = '@ballast/';

const names = z.record(z.string(), z.string()).default({});
const manifestShape = z.object({
  name: z.string(),
  type: z.literal('module'),
  dependencies: names,
  devDependencies: names,
  optionalDependencies: names,
});

const members = projectFiles()
  .filter(({ path }) => path.endsWith('/package.json'))
  .map(({ path }) => path.slice(0, -'/package.json'.length));
const manifests = new Map(members.map((member) => [member, readManifest(member)]));

function readManifest(member: string) {
  const text = readFileSync(join(CHECKOUT, member, 'package.json'), 'utf8');
  return manifestShape.parse(JSON.parse(text));
}

function memberOf(path: string): string | undefined {
  return members.find((member) => path.startsWith(`${member}/`));
}

test('every member of the workspace is in the table of allowed imports, and the reverse', () => {
  console.log(`architecture: ${members.length} members`);
  expect(members.length).toBeGreaterThanOrEqual(MEMBERS_MIN);
  expect(members.toSorted()).toEqual(Object.keys(ALLOWED).toSorted());
});

test('package.json files name only allowed packages of ours', () => {
  const wrong = [...manifests].flatMap(([member, { dependencies }]) =>
    Object.keys(dependencies)
      .filter((name) => !isAllowedPackage(member, name))
      .map((name) => `${member} must not depend on ${name}`),
  );
  expect(wrong).toEqual([]);
});

test('no package depends on a service, not even for its tests', () => {
  const services = [...manifests]
    .filter(([member]) => member.startsWith('services/'))
    .map(([, { name }]) => name);
  const wrong = [...manifests].flatMap(([member, { dependencies, devDependencies }]) =>
    Object.keys({ ...dependencies, ...devDependencies })
      .filter((name) => services.includes(name) && !isAllowedType(member, name))
      .map((name) => `${member} depends on the service ${name}`),
  );
  expect(wrong).toEqual([]);
});

test('every import is allowed', () => {
  const modules = sourceFiles().flatMap((file) => {
    const member = memberOf(file.path);
    return member === undefined ? [] : [{ file, member, imports: importsOf(file.read()) }];
  });
  const imports = modules.reduce((sum, module) => sum + module.imports.length, 0);
  console.log(`architecture: ${modules.length} modules with ${imports} imports`);
  const wrong = modules.flatMap(({ file, member, imports: found }) =>
    found.flatMap((one) => faultOf(file, member, one) ?? []),
  );
  expect(wrong).toEqual([]);
  expect(modules.length).toBeGreaterThanOrEqual(MODULES_MIN);
  expect(imports).toBeGreaterThanOrEqual(IMPORTS_MIN);
});

/** The brand says that an order passed the pre-trade rules; whoever asserts it by hand lies. */
test('only approve.ts of order-core makes an approved order', () => {
  const makers = sourceFiles().filter((file) => /\bas RiskApprove[d]\b/.test(file.read()));
  expect(makers.map(({ path }) => path)).toEqual(['packages/order-core/src/approve.ts']);
});

function faultOf(file: ProjectFile, member: string, found: Import): string | undefined {
  const { specifier } = found;
  const says = (reason: string) => `${file.path} imports ${specifier}: ${reason}`;
  if (specifier.startsWith('.')) {
    const target = posix.join(posix.dirname(file.path), specifier);
    if (isProof(target) && !isProof(file.path)) return says('what ships imports no proof');
    if (target.startsWith(`${member}/`)) return undefined;
    const forTests = TOOLS_FOR_TESTS.some((folder) => target.startsWith(folder));
    return isTest(file.path) && forTests ? undefined : says('that is outside of its member');
  }
  const name = packageOf(specifier);
  if (isTest(file.path) || isProof(file.path)) return undefined;
  if (ALLOWED[member]?.pure === true) {
    const outside = ALLOWED[member].outside ?? [];
    const ours = name.startsWith(OUR_SCOPE) && isAllowedPackage(member, name);
    return ours || outside.includes(name) ? undefined : says('the package is pure');
  }
  if (specifier.startsWith('node:')) return undefined;
  if (found.typeOnly && isAllowedType(member, name)) return undefined;
  if (!isAllowedPackage(member, name)) return says('no arrow leads there');
  const manifest = manifests.get(member);
  const declared = { ...manifest?.dependencies, ...manifest?.optionalDependencies };
  const typesMayBeDev = found.typeOnly || member === 'tools' || file.path.endsWith('.config.ts');
  if (name in declared || typesMayBeDev) return undefined;
  return says('its package.json does not name it under dependencies');
}

function isProof(path: string): boolean {
  return PROOFS.some((folder) => path.startsWith(folder));
}

function isAllowedPackage(member: string, name: string): boolean {
  if (!name.startsWith(OUR_SCOPE)) return true;
  return ALLOWED[member]?.packages.includes(name.slice(OUR_SCOPE.length)) === true;
}

function isAllowedType(member: string, name: string): boolean {
  return ALLOWED[member]?.typesOf?.includes(name.slice(OUR_SCOPE.length)) === true;
}
