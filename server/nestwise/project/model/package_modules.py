"""What modules of well-known packages export, as data.

A name with `#` is of another package; one in quotes is a text.
"""

from __future__ import annotations

EXPORTS: dict[str, dict[str, str]] = {
    "@nestjs/axios": {"HttpModule": "HttpService"},
    "@nestjs/bull": {"BullModule": ""},
    "@nestjs/bullmq": {"BullModule": ""},
    "@nestjs/cache-manager": {"CacheModule": "'CACHE_MANAGER' Cache"},
    "@nestjs/common": {"CacheModule": "'CACHE_MANAGER'", "HttpModule": "HttpService"},
    "@nestjs/config": {"ConfigModule": "ConfigService ConfigHostModule"},
    "@nestjs/core": {
        "DiscoveryModule": "DiscoveryService MetadataScanner",
        "RouterModule": "",
    },
    "@nestjs/cqrs": {"CqrsModule": "CommandBus QueryBus EventBus EventPublisher UnhandledExceptionBus"},
    "@nestjs/devtools-integration": {"DevtoolsModule": ""},
    "@nestjs/elasticsearch": {"ElasticsearchModule": "ElasticsearchService"},
    "@nestjs/event-emitter": {"EventEmitterModule": "eventemitter2#EventEmitter2"},
    "@nestjs/graphql": {
        "GraphQLModule": "GraphQLTypesLoader GraphQLAstExplorer GraphQLSchemaHost GraphQLSchemaBuilder",
        "GraphQLSchemaBuilderModule": "GraphQLSchemaBuilder GraphQLSchemaFactory FileSystemHelper",
    },
    "@nestjs/jwt": {"JwtModule": "JwtService"},
    "@nestjs/microservices": {"ClientsModule": ""},
    "@nestjs/mongoose": {"MongooseModule": ""},
    "@nestjs/passport": {"PassportModule": "AuthModuleOptions"},
    "@nestjs/platform-express": {"MulterModule": "'MULTER_MODULE_OPTIONS'"},
    "@nestjs/schedule": {"ScheduleModule": "SchedulerRegistry"},
    "@nestjs/sequelize": {"SequelizeModule": ""},
    "@nestjs/serve-static": {"ServeStaticModule": ""},
    "@nestjs/terminus": {
        "TerminusModule": (
            "HealthIndicatorService HealthCheckService DiskHealthIndicator DNSHealthIndicator "
            "GRPCHealthIndicator HttpHealthIndicator MemoryHealthIndicator MicroserviceHealthIndicator "
            "MikroOrmHealthIndicator MongooseHealthIndicator PrismaHealthIndicator "
            "SequelizeHealthIndicator TypeOrmHealthIndicator"
        ),
    },
    "@nestjs/throttler": {"ThrottlerModule": "'THROTTLER:MODULE_OPTIONS' ThrottlerStorage"},
    "@nestjs/typeorm": {"TypeOrmModule": ""},
    "@mikro-orm/nestjs": {"MikroOrmModule": "@mikro-orm/core#MikroORM @mikro-orm/core#EntityManager"},
    "@bull-board/nestjs": {"BullBoardModule": ""},
    "@golevelup/nestjs-discovery": {"DiscoveryModule": "DiscoveryService"},
    "@golevelup/nestjs-rabbitmq": {"RabbitMQModule": "AmqpConnection"},
    "@golevelup/nestjs-stripe": {"StripeModule": "@InjectStripeClient"},
    "@nestjs-modules/mailer": {"MailerModule": "MailerService"},
    "@sentry/nestjs": {"SentryModule": ""},
    "nest-access-control": {"AccessControlModule": "@InjectRolesBuilder"},
    "nest-keycloak-connect": {"KeycloakConnectModule": "KEYCLOAK_INSTANCE KEYCLOAK_CONNECT_OPTIONS"},
    "nest-knexjs": {"KnexModule": ""},
    "nestjs-cls": {"ClsModule": "ClsService CLS_ID CLS_REQ CLS_RES"},
    "nestjs-i18n": {"I18nModule": "I18nService"},
    "nestjs-kysely": {"KyselyModule": "@InjectKysely"},
    "nestjs-pino": {"LoggerModule": "Logger PinoLogger"},
    "nestjs-prisma": {"PrismaModule": "PrismaService"},
    "nestjs-request-context": {"RequestContextModule": ""},
}  # fmt: skip

GLOBAL = frozenset(
    {
        "@nestjs/bull BullModule.forRoot", "@nestjs/bull BullModule.forRootAsync",
        "@nestjs/event-emitter EventEmitterModule", "@nestjs/mongoose MongooseModule.forRoot",
        "@nestjs/mongoose MongooseModule.forRootAsync", "@nestjs/schedule ScheduleModule",
        "@nestjs/sequelize SequelizeModule.forRoot", "@nestjs/sequelize SequelizeModule.forRootAsync",
        "@nestjs/throttler ThrottlerModule", "@nestjs/typeorm TypeOrmModule.forRoot",
        "@nestjs/typeorm TypeOrmModule.forRootAsync", "@nestjs/cqrs CqrsModule.forRoot",
        "@nestjs/cqrs CqrsModule.forRootAsync",
        "@mikro-orm/nestjs MikroOrmModule.forRoot", "@mikro-orm/nestjs MikroOrmModule.forRootAsync",
        "@nestjs-modules/mailer MailerModule", "@nestjs-labs/nestjs-ioredis RedisModule",
        "@liaoliaots/nestjs-redis RedisModule", "nest-knexjs KnexModule", "nestjs-i18n I18nModule",
        "nestjs-kysely KyselyModule", "nestjs-pino LoggerModule", "nestjs-temporal-core TemporalModule",
        "nest-keycloak-connect KeycloakConnectModule", "nestjs-stripe StripeModule",
        "nestjs-minio-client MinioModule", "nestjs-casbin NestCasbinModule",
    }
)  # fmt: skip
"""Modules of packages that are global however they are imported, or when a static method makes them.

Others are where their options say so (`isGlobal`, `global`).
"""

CONSTANTS: dict[tuple[str, str], str] = {
    ("@nestjs/core", "REQUEST"): "REQUEST",
    ("@nestjs/core", "INQUIRER"): "INQUIRER",
    ("@nestjs/graphql", "CONTEXT"): "REQUEST",
    ("@nestjs/microservices", "CONTEXT"): "REQUEST",
    ("@nestjs/microservices", "REQUEST"): "REQUEST",
    ("@nestjs/common", "CACHE_MANAGER"): "CACHE_MANAGER",
    ("@nestjs/cache-manager", "CACHE_MANAGER"): "CACHE_MANAGER",
    ("@nestjs/platform-express", "MULTER_MODULE_OPTIONS"): "MULTER_MODULE_OPTIONS",
}
"""Constants of packages that are texts."""

SAME: dict[tuple[str, str], tuple[str, str]] = {
    ("@nestjs/event-emitter", "EventEmitter2"): ("eventemitter2", "EventEmitter2"),
    ("@nestjs/config", "ConfigHostModule"): ("@nestjs/config", "ConfigHostModule"),
}
"""Classes that one package hands on from another."""
