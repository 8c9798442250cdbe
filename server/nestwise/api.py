"""Everything that a rule may use, and nothing else. This module is the boundary that stays stable."""

from tree_sitter import Node

from nestwise.lint.file import File
from nestwise.lint.rule import Finding, Fix, Related, Rule, Safety, rule
from nestwise.project.facts import (
    Arr,
    Call,
    Class,
    Decorator,
    Expr,
    Lit,
    Member,
    Method,
    Name,
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
from nestwise.project.model.applications import Application, applications, applications_with, pipe_of
from nestwise.project.model.classes import (
    class_decorators,
    lineage,
    method_decorators,
    own_method,
    role_of_class,
)
from nestwise.project.model.decorators import Applied, applied
from nestwise.project.model.guards import Does, guard_of, parts_of
from nestwise.project.model.handlers import Handler, controller_options, handlers_of
from nestwise.project.model.modules import module_of
from nestwise.project.model.pipeline import Access, access_of, local_pipeline
from nestwise.project.model.project import Project
from nestwise.project.model.symbols import (
    UNKNOWN,
    Ext,
    Here,
    Ref,
    class_of,
    declaration,
    followed,
    resolve,
    resolve_link,
    symbol_of,
    value_of,
)
from nestwise.settings import Level, Options
from nestwise.syntax.nodes import ancestors, callee_of, child, named, span_of, walk
from nestwise.syntax.text import Edit, Span

__all__ = [
    "UNKNOWN", "Access", "Application", "Applied", "Arr", "Call", "Class", "Decorator", "Does", "Edit", "Expr",
    "Ext", "File", "Finding", "Fix", "Handler", "Here", "Kind", "Level", "Lit", "Member", "Method", "Name", "Node",
    "Obj", "Options", "Param", "Project", "Property", "Ref", "Related", "Role", "Rule", "Safety", "Span", "TArray",
    "TInter", "TLit", "TName", "TObject", "TOther", "TUnion", "Type", "TypeDecl", "access_of", "ancestors",
    "applications", "applications_with", "applied", "callee_of", "child", "class_decorators", "class_of",
    "controller_options", "declaration", "dotted", "followed", "guard_of", "handlers_of", "lineage", "literal",
    "local_pipeline", "method_decorators", "module_of", "named", "own_method", "parts_of", "pipe_of", "resolve",
    "resolve_link", "role_of_class", "rule", "span_of", "string", "symbol_of", "value_of", "walk",
]  # fmt: skip
