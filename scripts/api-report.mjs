// Compares the public API of each library with its committed report in api/, or writes the reports with --update.
// Reads the declarations in dist, so build first. `npm run api` and `npm run api:update` do both.
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';

const root = join(import.meta.dirname, '..');
const update = process.argv.includes('--update');

const silent = { logLevel: ExtractorLogLevel.None };
const shownAsError = { logLevel: ExtractorLogLevel.Error };
/** Goes into the report, so that a reviewer sees it; isn't printed. */
const reported = { logLevel: ExtractorLogLevel.None, addToApiReportFile: true };

function configOf(lib) {
  const projectFolder = join(root, 'libs', lib);
  return ExtractorConfig.prepare({
    configObjectFullPath: undefined,
    packageJsonFullPath: join(projectFolder, 'package.json'),
    configObject: {
      projectFolder,
      mainEntryPointFilePath: join(projectFolder, 'dist/index.d.ts'),
      newlineKind: 'lf',
      compiler: { overrideTsconfig: tsconfig },
      apiReport: {
        enabled: true,
        reportFileName: lib,
        reportFolder: join(root, 'api'),
        reportTempFolder: join(root, 'temp/api'),
      },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: shownAsError },
        extractorMessageReporting: {
          default: reported,
          // All that index.ts exports is public: tags would say it twice.
          'ae-missing-release-tag': silent,
        },
        // Doc comments are for people and editors; TSDoc's grammar isn't enforced.
        tsdocMessageReporting: { default: silent },
      },
    },
  });
}

// Not the repository's own settings: with its source condition, imports would lead to sources, not declarations.
const tsconfig = {
  compilerOptions: {
    target: 'es2023',
    lib: ['es2023', 'esnext.disposable'],
    module: 'nodenext',
    moduleResolution: 'nodenext',
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    types: ['node'],
  },
};

function agrees(lib) {
  const result = Extractor.invoke(configOf(lib), {
    localBuild: update,
    showVerboseMessages: false,
    messageCallback: (message) => {
      // The tool's own progress lines; what matters is said below.
      if (message.category === 'console') message.handled = true;
    },
  });
  if (update) console.log(`api/${lib}.api.md ${result.apiReportChanged ? 'written' : 'unchanged'}`);
  if (!update && result.apiReportChanged) {
    console.error(`api/${lib}.api.md differs from what @fermata/${lib} exports: see temp/api/${lib}.api.md.`);
  }
  return result.errorCount === 0 && (update || !result.apiReportChanged);
}

const libs = readdirSync(join(root, 'libs')).filter((lib) => existsSync(join(root, 'libs', lib, 'src/index.ts')));
const differing = libs.filter((lib) => !agrees(lib));
if (differing.length > 0) {
  console.error('If the change is meant, run `npm run api:update` and commit the reports with it.');
  process.exitCode = 1;
} else {
  console.log(`${libs.length} API reports ${update ? 'up to date' : 'agree'}`);
}
