"""Everything that a rule may use, and nothing else. This module is the boundary that stays stable.

What few checks need, and takes long to import, is a function here that imports it when it is first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from tree_sitter import Node

from nestwise.lint.catches import CATCH, catcher, taken_at
from nestwise.lint.decorating import with_decorators
from nestwise.lint.elsewhere import is_disabled
from nestwise.lint.file import File
from nestwise.lint.fix import file_at
from nestwise.lint.log_calls import (
    LEVELS,
    Mention,
    log_calls,
    logger_of,
    looks_like_logger,
    mentions,
    unwrapped,
    with_arguments,
)
from nestwise.lint.number_pipes import Numbered, number_pipe, numbered
from nestwise.lint.own_logger import Reached, logger_at
from nestwise.lint.providers import module_options, provided
from nestwise.lint.refactorings import access_moved, body_moved, client_moved, handler_moved, input_typed
from nestwise.lint.risky_calls import Risk, calls_in, is_awaited_list, path_of, risky_call
from nestwise.lint.rule import FileEdits, Finding, Fix, Related, Rule, Safety, Spot, Tag, rule
from nestwise.lint.unchecked import unchecked_inputs
from nestwise.project.facts import (
    Arr,
    At,
    Call,
    Class,
    Decorator,
    Expr,
    Import,
    Lit,
    Member,
    Method,
    Name,
    New,
    Obj,
    Param,
    Property,
    TArray,
    TInter,
    TLit,
    TName,
    TObject,
    TOther,
    TUnion,
    Type,
    TypeDecl,
    dotted,
    literal,
    string,
)
from nestwise.project.files import Role
from nestwise.project.kinds import Kind
from nestwise.project.model.absence import Absence, absences_of
from nestwise.project.model.answers import answered_by, reached_by
from nestwise.project.model.applications import (
    Application,
    application_at,
    applications,
    applications_with,
    created_at,
    pipe_of,
)
from nestwise.project.model.asking import gateway_asks
from nestwise.project.model.bounds import Unbounded, unbounded_of
from nestwise.project.model.classes import (
    class_decorators,
    lineage,
    method_decorators,
    own_method,
    role_of_class,
)
from nestwise.project.model.constraints import OPTIONS_AT, Check, checks_at, own_options
from nestwise.project.model.contradictions import Contradiction, contradictions_of, kinds_of
from nestwise.project.model.conversions import input_converted
from nestwise.project.model.data import DataAccess, called_access, injected_access, type_access
from nestwise.project.model.decorators import Applied, applied
from nestwise.project.model.domain import domain_role
from nestwise.project.model.effect_records import Handed
from nestwise.project.model.error_codes import code_form, code_habit
from nestwise.project.model.exceptions import STATUS, error_kind, made_error
from nestwise.project.model.failures import orm_in
from nestwise.project.model.filters import binding_of, maps_errors
from nestwise.project.model.foreign import checks_itself, is_foreign, refuses_itself
from nestwise.project.model.gaps import Gap, fully_checked, gaps_of, validated
from nestwise.project.model.guard_classes import only_allows
from nestwise.project.model.guard_deeds import doing_class, doing_of
from nestwise.project.model.guards import Does, guard_of, parts_of
from nestwise.project.model.handlers import Handler, controller_options, handlers_in, handlers_of
from nestwise.project.model.identity import (
    Early,
    early_globals,
    early_guards,
    nobody_sets,
    prop_taken,
    props_given,
)
from nestwise.project.model.importing import specifier_of
from nestwise.project.model.inputs import Input, inputs_in, inputs_of
from nestwise.project.model.instances import makeable_at, not_injected
from nestwise.project.model.libraries import Odd, odd_ones
from nestwise.project.model.logger_uses import Usual, loggers_of, project_logger_of, sets_up_logging
from nestwise.project.model.loggers import (
    Form,
    Logger,
    Speech,
    class_loggers,
    habits,
    heard_by_pino,
    heir_has,
    injected_logger,
    is_logger_class,
    module_logger,
    usual_logger,
)
from nestwise.project.model.middleware import route_of
from nestwise.project.model.modules import module_of
from nestwise.project.model.needs import Need, needs_of
from nestwise.project.model.nesting import Nested, nested_class, nested_of
from nestwise.project.model.open_routes import open_on_purpose
from nestwise.project.model.overriding import Override, overrides_of
from nestwise.project.model.pipeline import Access, access_of, local_pipeline
from nestwise.project.model.project import Project
from nestwise.project.model.promises import Promised, promised
from nestwise.project.model.protection import (
    Written,
    authenticates,
    binds_a_guard,
    bound_by,
    decides_otherwise,
    guarded_by,
    guarding_decorator,
    package_of,
    plain_decorator,
    public_markers,
    usual_guard,
)
from nestwise.project.model.remote import REMOTE_PACKAGES, Remote, remote_call, remote_type, watches_health
from nestwise.project.model.request_ids import logger_of_application, logs_requests, numbers_requests
from nestwise.project.model.rights import Unread, asking_keys, readers_of, unread_of_class, unread_rights
from nestwise.project.model.secrets import HIDES, is_secret_name, redacts, secret_member
from nestwise.project.model.shapes import Prop, Shape, shape_of
from nestwise.project.model.symbols import (
    UNKNOWN,
    Ext,
    Here,
    Ref,
    Symbol,
    class_of,
    declaration,
    followed,
    resolve,
    resolve_link,
    symbol_of,
    value_of,
)
from nestwise.project.model.texts import Unconverted, unconverted_of
from nestwise.project.model.throttling import Limit, limit_of, throttlers
from nestwise.project.model.types import Meant, has_strict_nulls, meant, written
from nestwise.project.model.validation import Effect, Use, inputs_at, unrun_inputs, uses_of
from nestwise.project.model.validators import (
    TRUTH,
    Wanted,
    conversions_for,
    fitting_for,
    has_validator_packages,
    nesting_for,
    validators_for,
)
from nestwise.project.model.whitelists import Emptied, Lax, emptied_at, lax_pipes
from nestwise.settings import Level, Options, Preset
from nestwise.syntax.blocks import without_wrapper
from nestwise.syntax.conditions import conditions_of
from nestwise.syntax.flow import Exit, always_throws, exits_of, uncaught
from nestwise.syntax.names import cast_around, declares, is_name, line_of, spare_imports, variables
from nestwise.syntax.nodes import (
    ancestors,
    callee_of,
    carries,
    child,
    method_call,
    named,
    pair_of,
    span_of,
    this_at,
    walk,
)
from nestwise.syntax.text import Edit, Span

if TYPE_CHECKING:
    from nestwise.project.model.effect_records import Effects
    from nestwise.project.model.returned import Leak

__all__ = [
    "CATCH",
    "HIDES",
    "LEVELS",
    "OPTIONS_AT",
    "REMOTE_PACKAGES",
    "STATUS",
    "TRUTH",
    "UNKNOWN",
    "Absence",
    "Access",
    "Application",
    "Applied",
    "Arr",
    "At",
    "Call",
    "Check",
    "Class",
    "Contradiction",
    "DataAccess",
    "Decorator",
    "Does",
    "Early",
    "Edit",
    "Effect",
    "Emptied",
    "Exit",
    "Expr",
    "Ext",
    "File",
    "FileEdits",
    "Finding",
    "Fix",
    "Form",
    "Gap",
    "Handed",
    "Handler",
    "Here",
    "Import",
    "Input",
    "Kind",
    "Lax",
    "Level",
    "Limit",
    "Lit",
    "Logger",
    "Meant",
    "Member",
    "Mention",
    "Method",
    "Name",
    "Need",
    "Nested",
    "New",
    "Node",
    "Numbered",
    "Obj",
    "Odd",
    "Options",
    "Override",
    "Param",
    "Preset",
    "Project",
    "Promised",
    "Prop",
    "Property",
    "Reached",
    "Ref",
    "Related",
    "Remote",
    "Risk",
    "Role",
    "Rule",
    "Safety",
    "Shape",
    "Span",
    "Speech",
    "Spot",
    "Symbol",
    "TArray",
    "TInter",
    "TLit",
    "TName",
    "TObject",
    "TOther",
    "TUnion",
    "Tag",
    "Type",
    "TypeDecl",
    "Unbounded",
    "Unconverted",
    "Unread",
    "Use",
    "Usual",
    "Wanted",
    "Written",
    "absences_of",
    "access_moved",
    "access_of",
    "always_throws",
    "ambient",
    "ancestors",
    "answered_by",
    "application_at",
    "applications",
    "applications_with",
    "applied",
    "asking_keys",
    "authenticates",
    "binding_of",
    "binds_a_guard",
    "body_moved",
    "bound_by",
    "called_access",
    "callee_of",
    "calls_in",
    "carries",
    "cast_around",
    "catcher",
    "checks_at",
    "checks_itself",
    "child",
    "class_decorators",
    "class_loggers",
    "class_of",
    "client_moved",
    "code_form",
    "code_habit",
    "conditions_of",
    "contradictions_of",
    "controller_options",
    "conversions_for",
    "created_at",
    "decides_otherwise",
    "declaration",
    "declares",
    "doing_class",
    "doing_of",
    "domain_role",
    "dotted",
    "early_globals",
    "early_guards",
    "effects_of",
    "emptied_at",
    "error_kind",
    "exits_of",
    "file_at",
    "fitting_for",
    "followed",
    "fully_checked",
    "gaps_of",
    "gateway_asks",
    "guard_of",
    "guarded_by",
    "guarding_decorator",
    "habits",
    "handed_whole",
    "handler_moved",
    "handlers_in",
    "handlers_of",
    "has_strict_nulls",
    "has_validator_packages",
    "heard_by_pino",
    "heir_has",
    "injected_access",
    "injected_logger",
    "input_converted",
    "input_typed",
    "inputs_at",
    "inputs_in",
    "inputs_of",
    "is_awaited_list",
    "is_disabled",
    "is_entity",
    "is_foreign",
    "is_logger_class",
    "is_name",
    "is_secret_name",
    "kinds_of",
    "lax_pipes",
    "leak_of",
    "limit_of",
    "line_of",
    "lineage",
    "literal",
    "local_pipeline",
    "log_calls",
    "logger_at",
    "logger_of",
    "logger_of_application",
    "loggers_of",
    "logs_requests",
    "looks_like_logger",
    "made_error",
    "makeable_at",
    "maps_errors",
    "meant",
    "mentions",
    "method_call",
    "method_decorators",
    "module_logger",
    "module_of",
    "module_options",
    "named",
    "needs_of",
    "nested_class",
    "nested_of",
    "nesting_for",
    "nobody_sets",
    "not_injected",
    "number_pipe",
    "numbered",
    "numbers_requests",
    "odd_ones",
    "only_allows",
    "open_on_purpose",
    "orm_in",
    "overrides_of",
    "own_effects",
    "own_method",
    "own_options",
    "package_of",
    "pair_of",
    "parts_of",
    "path_of",
    "pipe_of",
    "plain_decorator",
    "project_logger_of",
    "promised",
    "prop_taken",
    "props_given",
    "provided",
    "public_markers",
    "reached_by",
    "readers_of",
    "redacts",
    "refuses_itself",
    "remote_call",
    "remote_type",
    "resolve",
    "resolve_link",
    "risky_call",
    "role_of_class",
    "route_of",
    "rule",
    "secret_member",
    "sets_up_logging",
    "shape_of",
    "span_of",
    "spare_imports",
    "specifier_of",
    "string",
    "symbol_of",
    "taken_at",
    "this_at",
    "throttlers",
    "type_access",
    "unbounded_of",
    "uncaught",
    "unchecked_inputs",
    "unconverted_of",
    "unread_of_class",
    "unread_rights",
    "unrun_inputs",
    "unwrapped",
    "uses_of",
    "usual_guard",
    "usual_logger",
    "validated",
    "validators_for",
    "value_of",
    "variables",
    "walk",
    "watches_health",
    "with_arguments",
    "with_decorators",
    "without_wrapper",
    "written",
]


def own_effects(project: Project, ref: Ref, method: str) -> Effects:
    """What a method that a class itself declares does to the data by its own calls."""
    from nestwise.project.model import effects

    return effects.own_effects(project, ref, method)


def effects_of(project: Project, ref: Ref, method: str) -> Effects:
    """What a method does to the data, with what the services that it calls do for it."""
    from nestwise.project.model import effects

    return effects.effects_of(project, ref, method)


def handed_whole(project: Project, ref: Ref, method: str, position: int) -> tuple[Handed, ...]:
    """The calls with which a method hands on a parameter, by its position, whole to a write."""
    from nestwise.project.model import handing

    return handing.handed_whole(project, ref, method, position)


def is_entity(project: Project, ref: Ref) -> bool:
    """Is a class one that an ORM stores?"""
    from nestwise.project.model import entities

    return entities.entity_of(project, ref) is not None


def ambient(project: Project, ref: Ref, method: str) -> str:
    """Does a decorator run the method in a transaction? Empty for no."""
    from nestwise.project.model import effects

    return effects.ambient(project, ref, method)


def leak_of(project: Project, handler: Handler, calls: tuple[tuple[str, str], ...]) -> Leak | None:
    """The entity with exposed secret columns that a handler sends, where it returns what `calls` give."""
    from nestwise.project.model import returned

    return returned.leak_of(project, handler, calls)
