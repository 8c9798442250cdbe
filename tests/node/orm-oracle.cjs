// What the ORMs themselves make of entities: `node orm-oracle.cjs ORM FILE…` prints JSON, without a database.
require('reflect-metadata');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const ts = require('typescript');

const [orm, ...files] = process.argv.slice(2);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'orm-'));
process.on('exit', () => fs.rmSync(folder, { recursive: true, force: true }));
fs.symlinkSync(path.join(__dirname, 'node_modules'), path.join(folder, 'node_modules'));
const compilerOptions = {
  module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, experimentalDecorators: true,
  emitDecoratorMetadata: true, esModuleInterop: true, strict: true, useDefineForClassFields: false,
};
for (const file of files) {
  const { outputText } = ts.transpileModule(fs.readFileSync(file, 'utf8'), { compilerOptions, fileName: file });
  fs.writeFileSync(path.join(folder, `${path.basename(file, '.ts')}.js`), outputText);
}
const exported = files.flatMap((file) => Object.entries(require(path.join(folder, `${path.basename(file, '.ts')}.js`))));
const values = exported.map(([, value]) => value);

const typeName = (type) => (typeof type === 'function' ? type.name : type ?? '');

async function typeorm() {
  const { DataSource, EntitySchema, getMetadataArgsStorage } = require('typeorm');
  const tables = new Set(getMetadataArgsStorage().tables.map((t) => t.target));
  const entities = values.filter((v) => tables.has(v) || v instanceof EntitySchema);
  const source = new DataSource({ type: 'postgres', entities });
  await source.buildMetadatas();
  return source.entityMetadatas.filter((m) => m.tableType !== 'junction').map((m) => ({
    name: m.name,
    table: m.tableName,
    schema: m.schema ?? '',
    kind: { regular: 'table', 'entity-child': 'child' }[m.tableType] ?? m.tableType,
    columns: m.columns
      .filter((c) => !c.isVirtual && !c.isDiscriminator && !c.isMaterializedPath)
      .map((c) => ({
        property: c.propertyPath, name: c.databaseName, type: typeName(c.type), nullable: c.isNullable, primary: c.isPrimary,
        generated: c.isGenerated ? c.generationStrategy : c.isCreateDate ? 'create' : c.isUpdateDate ? 'update'
          : c.isDeleteDate ? 'delete' : c.isVersion ? 'version' : c.asExpression || c.isVirtualProperty ? 'computed' : '',
        unique: m.uniques.some((u) => u.columns.length === 1 && u.columns[0] === c),
        length: c.length, precision: String(c.precision ?? ''), scale: String(c.scale ?? ''), array: c.isArray,
        hidden: !c.isSelect, driver: c.isCreateDate || c.isUpdateDate || c.isDeleteDate || c.isVersion,
      })),
    relations: m.relations.map((r) => ({
      property: r.propertyPath, kind: r.relationType, target: r.inverseEntityMetadata.name, owner: r.isOwning,
      inverse: r.inverseRelation?.propertyName ?? '', lazy: r.isLazy, eager: r.isEager,
      columns: r.isManyToMany ? [] : r.joinColumns.map((c) => c.databaseName), table: r.isManyToMany && r.isOwning ? r.joinTableName : '',
      nullable: r.isOwning && !r.isManyToMany ? r.isNullable : null, onDelete: r.onDelete ?? '', onUpdate: r.onUpdate ?? '',
      cascade: ['insert', 'update', 'remove'].filter((k) => r[`isCascade${k[0].toUpperCase()}${k.slice(1)}`]),
    })),
    indexes: [
      ...m.indices.map((i) => ({ columns: i.columns.map((c) => c.propertyPath), unique: i.isUnique })),
      ...m.uniques.map((u) => ({ columns: u.columns.map((c) => c.propertyPath), unique: true })),
    ],
  }));
}

const oracles = { typeorm };
Promise.resolve(oracles[orm]()).then((found) => console.log(JSON.stringify(found)));
