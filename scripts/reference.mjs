// Writes docs/reference/context.md and limits.md from the docstrings of the code; with --check it only compares.
// `npm run reference` writes, `npm run reference -- --check` fails when a page is stale.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import ts from 'typescript';

const root = join(import.meta.dirname, '..');

const pages = [
  {
    path: 'docs/reference/context.md',
    title: 'The workflow context',
    intro: [
      'What workflow code has in its hands, and the options that it takes. Durations are milliseconds, or texts such as',
      '`"200ms"`, `"5s"`, `"10 minutes"`, `"2 days"`, up to 1,000 years. [How to use it](../how-to/chain.md) is shown by example.',
    ],
    sources: ['libs/kernel/src/workflow/context.ts', 'libs/kernel/src/steps/retry-policy.ts'],
    sections: [
      'WorkflowContext',
      'StepOptions',
      'RetryOptions',
      'StepContext',
      'SignalWaitOptions',
      'ConditionOptions',
      'UpdateHandlerOptions',
      'ScopeOptions',
      'MapOptions',
      'ChildOptions',
      'ChildHandle',
    ],
  },
  {
    path: 'docs/reference/limits.md',
    title: 'Limits of a node',
    intro: [
      'Given as `limits` to `createFermata` or `FermataModule.forRoot`. What is full says so (`OVERLOADED`, with a retry time)',
      'before memory grows. Names that end in `Ms` are milliseconds, in `Bytes` or `BytesMax` bytes.',
    ],
    sources: ['libs/engine/src/limits.ts', 'libs/kernel/src/payload/payload-size.ts'],
    sections: ['EngineLimits'],
    defaults: 'defaultLimits',
  },
];

function renderPage({ title, intro, sources, sections, defaults }) {
  const files = sources.map((path) =>
    ts.createSourceFile(path, readFileSync(join(root, path), 'utf8'), ts.ScriptTarget.ESNext, true),
  );
  const constants = new Map(files.flatMap(constantsOf));
  const values = defaults === undefined ? undefined : propertiesOf(constants.get(defaults), constants);
  const interfaces = new Map(files.flatMap(interfacesOf));
  const parts = sections.map((name) => renderInterface(interfaces.get(name) ?? missing(name), values));
  const made = `<!-- Made by \`npm run reference\` of ${sources.map((path) => `${path}`).join(' and ')}: change those. -->`;
  return [`# ${title}`, made, intro.join('\n'), ...parts].join('\n\n');
}

function renderInterface(node, values) {
  const lines = [`## ${node.name.text}`, docOf(node)];
  const methods = node.members.filter(ts.isMethodSignature);
  const properties = node.members.filter(ts.isPropertySignature);
  if (properties.length > 0) lines.push(renderProperties(properties, values));
  for (const [name, overloads] of Map.groupBy(methods, (method) => method.name.getText())) {
    lines.push(`### ${name}`, overloads.map((method) => `- \`${signatureOf(method)}\``).join('\n'));
    lines.push(...overloads.map(docOf));
  }
  return lines.filter((line) => line !== '').join('\n\n');
}

function renderProperties(properties, values) {
  const head = values === undefined ? ['name', 'type', 'meaning'] : ['name', 'default', 'meaning'];
  const rows = properties.map((property) => {
    const name = property.name.getText();
    const second = values === undefined ? code(oneLine(property.type.getText())) : defaultOf(name, values);
    return [code(name), second, oneLine(docOf(property))];
  });
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function defaultOf(name, values) {
  const value = values.get(name) ?? missing(name);
  return value.toLocaleString('en-US');
}

function code(text) {
  return `\`${text.replaceAll('|', '\\|')}\``;
}

function signatureOf(method) {
  return oneLine(method.getText()).replace(/;$/, '').replaceAll('( ', '(').replaceAll(', )', ')').replaceAll(' )', ')');
}

/** A docstring as text: its tags become sentences. */
function docOf(node) {
  const [doc] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc).slice(-1);
  if (doc === undefined) return '';
  const tags = (doc.tags ?? []).map(renderTag);
  return [ts.getTextOfJSDocComment(doc.comment) ?? '', ...tags].filter((text) => text !== '').join('\n\n');
}

function renderTag(tag) {
  const text = oneLine(ts.getTextOfJSDocComment(tag.comment) ?? '');
  if (ts.isJSDocParameterTag(tag)) return `\`${tag.name.getText()}\`: ${text}`;
  if (ts.isJSDocReturnTag(tag)) return `Returns ${text}`;
  if (ts.isJSDocThrowsTag(tag)) return `Throws ${thrownType(tag)}${text}`;
  throw new Error(`The reference doesn't know the tag @${tag.tagName.text}.`);
}

/** TypeScript reads `{…}` after @throws as a type, and nothing else of it. */
function thrownType(tag) {
  return tag.typeExpression === undefined ? '' : `${tag.typeExpression.getText()} `;
}

function oneLine(text) {
  return text.replace(/\s+/g, ' ').trim();
}

function interfacesOf(file) {
  return file.statements.filter(ts.isInterfaceDeclaration).map((node) => [node.name.text, node]);
}

function constantsOf(file) {
  const declarations = file.statements
    .filter(ts.isVariableStatement)
    .flatMap((node) => node.declarationList.declarations);
  return declarations.map((node) => [node.name.getText(), node.initializer]);
}

function propertiesOf(literal, constants) {
  return new Map(literal.properties.map((node) => [node.name.getText(), valueOf(node.initializer, constants)]));
}

/** Numbers, products and named constants: all that limits are made of. */
function valueOf(node, constants) {
  if (ts.isNumericLiteral(node)) return Number(node.text);
  if (ts.isIdentifier(node)) return valueOf(constants.get(node.text) ?? missing(node.text), constants);
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.AsteriskToken) {
    return valueOf(node.left, constants) * valueOf(node.right, constants);
  }
  throw new Error(`The reference can't read the value ${node.getText()}.`);
}

function missing(name) {
  throw new Error(`The reference names ${name}, which its sources don't have.`);
}

const stale = [];
for (const page of pages) {
  const path = join(root, page.path);
  const text = await format(renderPage(page), { ...(await resolveConfig(path)), parser: 'markdown' });
  if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
  if (process.argv.includes('--check')) stale.push(page.path);
  else writeFileSync(path, text);
}
if (stale.length > 0) {
  console.error(`${stale.join(' and ')} differ from the code: run \`npm run reference\`.`);
  process.exitCode = 1;
}
