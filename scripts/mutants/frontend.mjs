// Prints the mutants of the front end, and the test files that import each of its sources: `node frontend.mjs FRONTEND`.

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";

const FRONTEND = resolve(process.argv[2]);
const ts = createRequire(join(FRONTEND, "package.json"))("typescript");
const { SyntaxKind: Kind } = ts;

const OTHER = {
  "<": "<=",
  "<=": "<",
  ">": ">=",
  ">=": ">",
  "===": "!==",
  "!==": "===",
  "+": "-",
  "-": "+",
  "*": "/",
  "/": "*",
  "%": "*",
  "&&": "||",
  "||": "&&",
  "??": "&&",
};
const NEGATED = ["===", "!=="]; // whose mutant is the condition negated
const LEFT_ALONE = /(\.d\.ts|(^|\/)texts(\.\w+)?\.ts|\/types\.ts|src\/main\.tsx)$/; // types, texts, what only mounts the rest
const UNSEEN = ["staleTime", "gcTime", "retryDelay", "refetchInterval", "key"]; // waiting, and React's bookkeeping

const files = (folder, name) =>
  readdirSync(join(FRONTEND, folder), { recursive: true, encoding: "utf8" })
    .filter((path) => name.test(path))
    .map((path) => join(folder, path))
    .sort();

function mutantsOf(file) {
  const text = readFileSync(join(FRONTEND, file), "utf8");
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found = [];
  const line = (at) => source.getLineAndCharacterOfPosition(at).line + 1;

  function instead(node, after, scope, written = `(${after})`) {
    const [start, end] = [node.getStart(source), node.getEnd()];
    const lines = [line(start), line(end)];
    const [from, to] = [start, end].map((at) => Buffer.byteLength(text.slice(0, at)));
    const before = text.slice(start, end);
    found.push({
      file: `frontend/${file}`,
      scope,
      line: lines[0],
      lines,
      statement: lines,
      start: from,
      end: to,
      before,
      after,
      replacement: written,
    });
  }

  function visit(node, scope, drawn) {
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isInterfaceDeclaration(node)) return;
    if ((ts.isPropertyAssignment(node) || ts.isJsxAttribute(node)) && UNSEEN.includes(node.name.getText(source)))
      return;
    const inside =
      node.name && ts.isIdentifier(node.name) && !ts.isPropertyAccessExpression(node)
        ? `${scope}.${node.name.text}`
        : scope;
    mutate(node, inside, drawn);
    // Numbers and switches that stand in an attribute are how it looks, which no test of behaviour sees.
    const looks = ts.isJsxAttribute(node) || (drawn && !ts.isFunctionLike(node));
    ts.forEachChild(node, (child) => visit(child, inside, looks));
  }

  function mutate(node, scope, drawn) {
    const said = (part) => part.getText(source);
    if (ts.isBinaryExpression(node)) {
      const operator = said(node.operatorToken);
      const isText = [node.left, node.right].some(
        (part) => ts.isStringLiteralLike(part) || ts.isTemplateExpression(part),
      );
      if (OTHER[operator] && !(operator === "+" && isText))
        instead(node, `${said(node.left)} ${OTHER[operator]} ${said(node.right)}`, scope);
    } else if (ts.isPrefixUnaryExpression(node) && [Kind.ExclamationToken, Kind.MinusToken].includes(node.operator)) {
      instead(node, said(node.operand), scope);
    } else if ([Kind.TrueKeyword, Kind.FalseKeyword].includes(node.kind) && !drawn) {
      instead(node, String(node.kind !== Kind.TrueKeyword), scope);
    } else if (ts.isNumericLiteral(node) && !drawn && !ts.isPropertyAssignment(node.parent.parent ?? node)) {
      instead(node, String(Number(node.text) + 1), scope);
    } else if (ts.isExpressionStatement(node) && isCall(node.expression) && !said(node).startsWith("console.")) {
      instead(node, ";", scope, ";");
    } else if (ts.isThrowStatement(node)) {
      instead(node, ";", scope, ";");
    } else if (ts.isReturnStatement(node) && node.expression && !isPlain(node.expression)) {
      instead(node, "return undefined;", scope, "return undefined;");
    } else if (ts.isArrowFunction(node) && !ts.isBlock(node.body) && !isPlain(node.body)) {
      instead(node.body, "undefined", scope);
    } else if (ts.isIfStatement(node) && !hasOwnNegation(node.expression)) {
      instead(node.expression, `!(${said(node.expression)})`, scope);
    } else if (ts.isConditionalExpression(node) && !hasOwnNegation(node.condition)) {
      instead(node.condition, `!(${said(node.condition)})`, scope);
    }
  }

  visit(source, "", false);
  return found;
}

function isCall(node) {
  return (
    ts.isCallExpression(node) || ((ts.isVoidExpression(node) || ts.isAwaitExpression(node)) && isCall(node.expression))
  );
}

/** A literal, which has a mutant of its own or looks like nothing at all. */
function isPlain(node) {
  return (
    ts.isLiteralExpression(node) ||
    [Kind.TrueKeyword, Kind.FalseKeyword, Kind.NullKeyword].includes(node.kind) ||
    node.getText() === "undefined"
  );
}

function hasOwnNegation(node) {
  return (
    (ts.isPrefixUnaryExpression(node) && node.operator === Kind.ExclamationToken) ||
    (ts.isBinaryExpression(node) && NEGATED.includes(node.operatorToken.getText()))
  );
}

/** The files of the front end that a file imports, itself and by what it imports. */
function reached(file, known = new Set()) {
  if (known.has(file)) return known;
  known.add(file);
  for (const { fileName } of ts.preProcessFile(readFileSync(join(FRONTEND, file), "utf8"), true, true).importedFiles) {
    const stem = fileName.startsWith("@/") ? join("src", fileName.slice(2)) : join(dirname(file), fileName);
    const target = ["", ".ts", ".tsx", "/index.ts"].map((ending) => stem + ending).find((path) => isSource(path));
    if (target && (fileName.startsWith("@/") || fileName.startsWith("."))) reached(target, known);
  }
  return known;
}

const isSource = (path) =>
  /\.tsx?$/.test(path) && existsSync(join(FRONTEND, path)) && statSync(join(FRONTEND, path)).isFile();

const tests = {};
for (const test of files("tests", /\.test\.tsx?$/)) {
  for (const source of reached(test)) (tests[`frontend/${source}`] ??= []).push(test);
}
const mutants = files("src", /\.tsx?$/)
  .filter((file) => !LEFT_ALONE.test(file))
  .flatMap(mutantsOf);
console.log(JSON.stringify({ mutants, tests }));
