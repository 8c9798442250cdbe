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
for (const file of orm === 'prisma' ? [] : files) {
  const { outputText } = ts.transpileModule(fs.readFileSync(file, 'utf8'), { compilerOptions, fileName: file });
  fs.writeFileSync(path.join(folder, `${path.basename(file, '.ts')}.js`), outputText);
}
const exported = orm === 'prisma' ? [] : files.flatMap((file) => Object.entries(require(path.join(folder, `${path.basename(file, '.ts')}.js`))));
const values = exported.map(([, value]) => value);

const typeName = (type) => (typeof type === 'function' ? type.name : type ?? '');

async function typeorm() {
  const { DataSource, DefaultNamingStrategy, EntitySchema, getMetadataArgsStorage } = require('typeorm');
  const Naming = values.find((v) => v?.prototype instanceof DefaultNamingStrategy) ?? DefaultNamingStrategy;
  const tables = new Set(getMetadataArgsStorage().tables.map((t) => t.target));
  const entities = values.filter((v) => tables.has(v) || v instanceof EntitySchema);
  const source = new DataSource({ type: 'postgres', entities, namingStrategy: new Naming() });
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
      nullable: r.isNullable, onDelete: r.onDelete ?? '', onUpdate: r.onUpdate ?? '',
      cascade: ['insert', 'update', 'remove'].filter((k) => r[`isCascade${k[0].toUpperCase()}${k.slice(1)}`]),
    })),
    indexes: [
      ...m.indices.map((i) => ({ columns: i.columns.map((c) => c.propertyPath), unique: i.isUnique })),
      ...m.uniques.map((u) => ({ columns: u.columns.map((c) => c.propertyPath), unique: true })),
    ],
  }));
}

async function prisma() {
  const wasm = require('@prisma/prisma-schema-wasm');
  const given = files.map((file) => [file, fs.readFileSync(file, 'utf8').replace(/^\s*(url|\w+Url)\s*=.*$/gm, '')]);
  const { datamodel } = JSON.parse(wasm.get_dmmf(JSON.stringify({ prismaSchema: given })));
  const size = (field, position) => field.nativeType?.[1]?.[position] ?? '';
  const action = (name) => ({ Cascade: 'CASCADE', Restrict: 'RESTRICT', SetNull: 'SET NULL', NoAction: 'NO ACTION' })[name] ?? name ?? '';
  const rows = (models, kind) => models.map((m) => {
    const own = (f) => m.fields.find((o) => o.name === f);
    const keys = new Set(m.primaryKey?.fields ?? []);
    return {
      name: m.name, kind, table: kind === 'embedded' ? '' : m.dbName ?? m.name, schema: m.schema ?? '',
      columns: m.fields.filter((f) => f.kind === 'scalar' || f.kind === 'enum' || f.kind === 'unsupported').map((f) => ({
        property: f.name, name: f.dbName ?? f.name, type: f.type, nullable: !f.isRequired && !f.isList, primary: f.isId || keys.has(f.name),
        unique: f.isUnique, array: f.isList, enum: f.kind === 'enum' ? f.type : '',
        length: ['Decimal'].includes(f.nativeType?.[0]) ? '' : size(f, 0),
        precision: f.nativeType?.[0] === 'Decimal' ? size(f, 0) : '', scale: f.nativeType?.[0] === 'Decimal' ? size(f, 1) : '',
      })),
      relations: m.fields.filter((f) => f.kind === 'object').map((f) => {
        const other = models.find((o) => o.name === f.type);
        const back = other?.fields.find((o) => o.relationName === f.relationName && (other !== m || o.name !== f.name));
        const many = f.isList && back?.isList;
        return {
          property: f.name, target: f.type, inverse: back?.name ?? '',
          kind: !f.relationName ? 'embedded' : many ? 'many-to-many' : f.isList ? 'one-to-many' : back?.isList ? 'many-to-one' : 'one-to-one',
          columns: (f.relationFromFields ?? []).map((n) => own(n).dbName ?? n), table: many ? `_${f.relationName}` : '',
          nullable: f.isList || !f.isRequired, onDelete: action(f.relationOnDelete), onUpdate: action(f.relationOnUpdate),
        };
      }),
      indexes: datamodel.indexes.filter((i) => i.model === m.name && i.type !== 'id')
        .map((i) => ({ columns: i.fields.map((f) => f.name), unique: i.type === 'unique' })),
    };
  });
  return [...rows(datamodel.models, 'table'), ...rows(datamodel.types, 'embedded')];
}

async function drizzle() {
  const { getTableConfig, PgTable } = require('drizzle-orm/pg-core');
  const { getTableColumns, is, createTableRelationsHelpers, Relations, getTableName, Many } = require('drizzle-orm');
  const tables = exported.filter(([, v]) => is(v, PgTable));
  const nameOf = (table) => tables.find(([, v]) => v === table)?.[0];
  const said = values.filter((v) => is(v, Relations));
  return tables.map(([name, table]) => {
    const config = getTableConfig(table);
    const keys = new Set(config.primaryKeys.flatMap((k) => k.columns.map((c) => c.name)));
    const named = Object.entries(getTableColumns(table));
    const property = (column) => named.find(([, c]) => c === column || c.name === column.name)?.[0];
    return {
      name, table: config.name, schema: config.schema ?? '', kind: 'table',
      columns: named.map(([key, c]) => {
        const base = c.columnType === 'PgArray' ? c.baseColumn : c;
        return {
          property: key, name: c.name, nullable: !c.notNull && !keys.has(c.name), primary: c.primary || keys.has(c.name), unique: !!c.isUnique,
          type: base.columnType === 'PgEnumColumn' ? base.enum.enumName : base.columnType === 'PgCustomColumn' ? base.getSQLType()
            : base.columnType.replace(/^Pg|(Number|53|64|String)$/g, '').toLowerCase(),
          array: c.columnType === 'PgArray', hasDefault: c.hasDefault, length: String(base.length ?? ''),
          precision: String(base.precision ?? ''), scale: String(base.scale ?? ''),
          generated: c.generated ? 'computed' : c.generatedIdentity ? 'identity' : /Serial/.test(c.columnType) ? 'increment' : c.onUpdateFn ? 'update' : '',
        };
      }),
      relations: [
        ...config.foreignKeys.map((k) => [k, k.reference()]).map(([k, r]) => ({
          property: r.columns.map(property).join(', '), kind: 'many-to-one', target: nameOf(r.foreignTable), owner: true,
          columns: r.columns.map((c) => c.name), onDelete: (k.onDelete ?? '').toUpperCase().replace('NO ACTION', ''), onUpdate: (k.onUpdate ?? '').toUpperCase().replace('NO ACTION', ''),
        })),
        ...said.filter((s) => s.table === table).flatMap((s) => Object.entries(s.config(createTableRelationsHelpers(table))))
          .map(([key, r]) => ({
            property: key, target: nameOf(r.referencedTable), owner: !!r.config?.fields,
            kind: is(r, Many) ? 'one-to-many' : r.config ? 'many-to-one' : 'one-to-one',
          })),
      ],
      indexes: [
        ...config.indexes.map((i) => ({ columns: i.config.columns.map(property), unique: i.config.unique })),
        ...config.uniqueConstraints.map((u) => ({ columns: u.columns.map(property), unique: true })),
        ...named.filter(([, c]) => c.isUnique).map(([key]) => ({ columns: [key], unique: true })),
      ],
    };
  });
}

async function mikro() {
  const core = require('@mikro-orm/core');
  class Driver extends core.DatabaseDriver {
    constructor(config) { super(config, []); this.platform = new core.Platform(); this.connection = { getDefaultClientUrl: () => 'fake://x' }; }
  }
  const entities = values.filter((v) => v instanceof core.EntitySchema || core.MetadataStorage.isKnownEntity(v?.name));
  const config = new core.Configuration({ driver: Driver, entities, dbName: 'x', clientUrl: 'fake://x', metadataCache: { enabled: false }, discovery: { checkDuplicateFieldNames: false } }, false);
  const storage = core.MetadataStorage.init();
  const discovery = new core.MetadataDiscovery(storage, config.getDriver().getPlatform(), config);
  const found = await discovery.discover(false);
  const kinds = { 'm:1': 'many-to-one', '1:m': 'one-to-many', '1:1': 'one-to-one', 'm:n': 'many-to-many' };
  return Object.values(found.getAll()).filter((m) => !m.pivotTable && !m.abstract && !m.embeddable).map((m) => ({
    name: m.className, table: m.collection, schema: m.schema ?? '', kind: m.extends && m.root !== m ? 'child' : 'table',
    columns: Object.values(m.properties)
      .filter((f) => f.persist !== false || f.formula).filter((f) => f.kind === 'scalar' || (f.kind === 'embedded' && f.object))
      .filter((f) => f.name !== m.root.discriminatorColumn && !(f.embedded && m.properties[f.embedded[0]].object))
      .map((f) => ({
        property: f.embedded ? `${f.embedded[0]}.${f.embedded[1]}` : f.name, name: f.fieldNames[0], nullable: !!f.nullable, primary: !!f.primary,
        unique: !!f.unique, generated: f.formula ? 'computed' : f.autoincrement ? 'increment' : f.version ? 'version' : f.onUpdate ? 'update' : '',
        length: f.type === 'uuid' || f.columnTypes?.[0] === 'char(2)' ? '' : String(f.length ?? ''), precision: String(f.precision ?? ''), scale: String(f.scale ?? ''), hidden: !!f.hidden,
      })),
    relations: Object.values(m.properties).filter((f) => kinds[f.kind]).map((f) => ({
      property: f.name, kind: kinds[f.kind], target: f.targetMeta?.className ?? f.type, owner: f.kind === 'm:1' || !!f.owner,
      inverse: f.mappedBy ?? f.inversedBy ?? '', columns: f.kind === 'm:1' || (f.kind === '1:1' && f.owner) ? f.joinColumns : [],
      table: f.kind === 'm:n' && f.owner ? f.pivotTable : '', nullable: f.kind.endsWith('m') || f.kind === 'm:n' ? true : !!f.nullable,
      onDelete: (f.deleteRule ?? '').toUpperCase(), onUpdate: (f.updateRule ?? '').toUpperCase(), eager: !!f.eager,
    })),
  }));
}

async function mongoose() {
  const { Model, Schema, model } = require('mongoose');
  const classes = exported.filter(([name, v]) => typeof v === 'function' && exported.some(([n]) => n === `${name}Schema`));
  const models = values.filter((v) => v?.prototype instanceof Model);
  const named = classes.map(([name]) => [name, exported.find(([n]) => n === `${name}Schema`)[1]]);
  const all = [...named.map(([name, schema]) => [name, schema, model(name, schema).collection.name]), ...models.map((m) => [m.modelName, m.schema, m.collection.name])];
  return all.map(([name, schema, table]) => {
    const paths = Object.entries(schema.paths).filter(([key]) => key !== '__v' && !key.includes('$*'));
    const inner = (t) => t.embeddedSchemaType ?? t.$embeddedSchemaType ?? t.caster;
    return {
      name, table, kind: 'document',
      columns: paths.filter(([, t]) => !t.schema).map(([key, t]) => ({
        property: key, name: key, type: t.instance === 'Array' ? inner(t).instance : t.instance, array: t.instance === 'Array',
        nullable: !t.isRequired && key !== '_id', unique: !!t.options.unique, hidden: t.options.select === false, primary: key === '_id',
      })),
      relations: paths.filter(([, t]) => t.schema || (inner(t) ?? t).options?.ref).map(([key, t]) => ({
        property: key,
        kind: t.schema ? (t.instance === 'Array' ? 'embedded list' : 'embedded') : t.instance === 'Array' ? 'references' : 'reference',
        ...(t.schema ? {} : { target: (inner(t) ?? t).options.ref }),
        nullable: !t.isRequired,
      })),
    };
  });
}

async function sequelize() {
  const { Sequelize, Model } = require('sequelize-typescript');
  const models = values.filter((v) => v?.prototype instanceof Model);
  new Sequelize({ dialect: 'postgres', dialectModule: require('pg'), models });
  const kinds = { BelongsTo: 'many-to-one', HasMany: 'one-to-many', HasOne: 'one-to-one', BelongsToMany: 'many-to-many' };
  return models.map((m) => ({
    name: exported.find(([, v]) => v === m)[0], table: m.getTableName(), kind: 'table',
    columns: Object.entries(m.getAttributes()).map(([key, a]) => ({
      property: key, name: a.field, type: a.type.key, nullable: a.primaryKey ? false : a.allowNull !== false, unique: !!a.unique, primary: !!a.primaryKey,
      generated: a.autoIncrement ? 'increment' : m._timestampAttributes.createdAt === key ? 'create' : m._timestampAttributes.updatedAt === key ? 'update'
        : m._timestampAttributes.deletedAt === key ? 'delete' : '',
      length: a.type.key === 'STRING' && a.type._length !== 255 ? String(a.type._length) : '', enum: (a.type.values ?? []).join(', '),
    })),
    relations: Object.values(m.associations).map((r) => ({
      property: r.as, kind: kinds[r.associationType], target: exported.find(([, v]) => v === r.target)[0], owner: r.associationType === 'BelongsTo',
      columns: r.associationType === 'BelongsTo' ? [m.getAttributes()[r.foreignKey].field] : [],
      table: r.associationType === 'BelongsToMany' ? r.through.model.getTableName() : '',
    })),
  }));
}

const oracles = { typeorm, prisma, drizzle, 'mikro-orm': mikro, mongoose, sequelize };
Promise.resolve(oracles[orm]()).then((found) => console.log(JSON.stringify(found)));
