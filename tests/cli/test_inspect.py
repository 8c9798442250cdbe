"""`nestwise inspect FILE:LINE`: what the model knows of the thing there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

WORKSPACES = Path(__file__).parents[1] / "workspaces"
SHOP = WORKSPACES / "shop" / "src"
MONO = WORKSPACES / "mono"


@pytest.fixture
def inspect(nestwise):
    """The things at a place, as JSON, and the same as text."""

    def run(file: Path, text: str | int, column: bool = False):
        """The place of a text in a file: its line, and with `column` its own column."""
        content = file.read_text("utf-8")
        at = content.index(text) if isinstance(text, str) else -1
        line = content.count("\n", 0, at) + 1 if isinstance(text, str) else text
        place = f"{file}:{line}"
        if column:
            start = content.rfind("\n", 0, at) + 1
            place += f":{len(content[start:at].encode('utf-16-le')) // 2 + 1}"
        done = nestwise("inspect", place, "--format", "json")
        assert (done.returncode, done.stderr) == (0, "")
        plain = nestwise("inspect", place)
        assert (plain.returncode, plain.stderr) == (0, "")
        return json.loads(done.stdout), plain.stdout

    return run


def test_a_handler_has_its_path_its_pipeline_and_its_inputs(inspect):
    found, text = inspect(SHOP / "orders" / "orders.controller.ts", "async place(")
    [thing] = found["things"]
    assert (thing["kind"], thing["name"], thing["line"]) == ("handler", "OrdersController.place", 39)
    [route] = thing["routes"]
    assert (route["path"], route["access"]) == ("POST /api/v1/orders", "guarded")
    assert [g["name"] for g in thing["guards"]] == ["JwtAuthGuard", "RolesGuard"]
    assert [(i["source"], i["validated"], i["converted"]) for i in thing["inputs"]] == [
        ("custom", "no", "no"),
        ("body", "partly", "PlaceOrderDto"),
    ]
    assert "handler OrdersController.place  src/orders/orders.controller.ts:39\n" in text
    assert "    JwtAuthGuard: authenticates; base class" in text


def test_a_controller_lists_its_handlers(inspect):
    found, text = inspect(SHOP / "orders" / "orders.controller.ts", "export class OrdersController")
    [thing] = found["things"]
    assert (thing["kind"], thing["applications"]) == ("controller", ["shop-api (src/main.ts)"])
    assert [h["handler"] for h in thing["handlers"]][:3] == ["findMine", "place", "invoice"]
    assert "    findMine: GET /api/v1/orders; guarded\n" in text


def test_a_module_has_its_lists_and_its_importers(inspect):
    found, text = inspect(SHOP / "orders" / "orders.module.ts", "export class OrdersModule")
    [thing] = found["things"]
    assert thing["kind"] == "module"
    assert thing["importedBy"] == ["AppModule", "PaymentsModule"]
    assert set(thing["controllers"]) == {"OrdersController", "QuotesController", "GiftsController"}
    assert thing["providers"] == thing["exports"] == ["OrdersService"]
    assert "  imported by   AppModule, PaymentsModule\n" in text


def test_a_provider_says_who_needs_it_and_what_it_needs(inspect):
    found, _ = inspect(SHOP / "orders" / "orders.service.ts", "export class OrdersService")
    [thing] = found["things"]
    assert thing["kind"] == "provider"
    assert [p["module"] for p in thing["provided"]] == ["OrdersModule"]
    assert set(thing["injectedInto"]) == {"OrdersController", "GiftsController", "PaymentsService"}
    assert thing["dependencies"][0]["token"] == '"OrderRepository"'


def test_one_dependency_says_where_it_comes_from(inspect):
    found, text = inspect(SHOP / "orders" / "orders.controller.ts", "orders: OrdersService", column=True)
    [thing] = [t for t in found["things"] if t["kind"] == "dependency"]
    assert thing["resolved"][0]["from"] == "OrdersModule"
    assert (
        "    OrdersModule: application shop-api (src/main.ts); token OrdersService; from OrdersModule\n"
        in text
    )


def test_a_request_class_has_its_validators_and_the_inputs_that_it_fills(inspect):
    found, text = inspect(SHOP / "orders" / "dto" / "place-order.dto.ts", "export class PlaceOrderDto")
    [thing] = found["things"]
    assert thing["kind"] == "request class"
    marks = {p["name"]: p["marks"] for p in thing["properties"]}
    assert marks["coupon?"] == ["@IsOptional", "@IsString", "@MaxLength"]
    assert marks["billing?"] == ["@IsOptional", "no validator"]
    assert [u["input"] for u in thing["usedBy"]] == ["body of OrdersController.place"]
    assert "    loyaltyCard?: string; no validator; declared in DiscountableDto\n" in text


@pytest.mark.parametrize(
    ("name", "checked", "converted"),
    [("notBefore", "exempt", "Date"), ("engraving", "no", "no"), ("coupon?", "yes", "no")],
)
def test_a_property_of_a_request_class_says_what_becomes_of_it(inspect, name, checked, converted):
    found, _ = inspect(SHOP / "orders" / "dto" / "place-order.dto.ts", f"  {name}")
    [thing] = found["things"]
    assert (thing["checked"], thing["converted"]) == (checked, converted)


def test_an_entity_and_its_columns(inspect):
    found, _ = inspect(SHOP / "orders" / "order.entity.ts", "export class Order ")
    [thing] = found["things"]
    assert (thing["kind"], thing["entity"]["table"]) == ("entity", "orders")
    found, text = inspect(SHOP / "orders" / "order.entity.ts", "status!")
    [thing] = found["things"]
    assert (thing["kind"], thing["name"], thing["default"]) == ("column", "Order.status", "'placed'")
    assert "  table of entity  orders\n" in text


def test_a_guard_says_what_it_does_and_which_marker_it_reads(inspect):
    found, _ = inspect(SHOP / "common" / "guards" / "jwt-auth.guard.ts", "export class JwtAuthGuard")
    [thing] = found["things"]
    assert (thing["kind"], thing["does"]) == ("guard", "authenticates")
    assert thing["markers"] == [
        {"key": "src/common/decorators/public.decorator.ts#IS_PUBLIC_KEY", "effect": "opens the route"}
    ]


def test_a_composed_decorator_is_taken_apart(inspect):
    found, _ = inspect(SHOP / "common" / "decorators" / "auth.decorator.ts", "export function Auth")
    [thing] = found["things"]
    assert [g["name"] for g in thing["guards"]] == ["JwtAuthGuard", "RolesGuard"]
    assert "@UseGuards of @nestjs/common through @Auth" in thing["asADecorator"]


def test_imports_and_names_lead_to_declarations_and_packages(inspect):
    file = SHOP / "orders" / "orders.controller.ts"
    found, _ = inspect(file, "import { OrdersService }")
    [thing] = found["things"]
    assert (thing["from"], thing["isA"]) == ("./orders.service", "provider")
    assert thing["declared"].startswith("src/orders/orders.service.ts:")
    found, _ = inspect(file, "Body,")
    assert found["things"][0]["package"] == "@nestjs/common"
    found, _ = inspect(file, "Roles(", column=True)
    assert found["things"][0]["declared"].startswith("src/common/decorators/roles.decorator.ts:")


def test_the_file_that_starts_an_application_says_so(inspect):
    found, text = inspect(MONO / "apps" / "api" / "src" / "main.ts", "async function bootstrap")
    [thing] = found["things"]
    [app] = thing["applications"]
    assert (app["name"], app["root"], app["prefix"]) == ("api", "AppModule", "/api")
    assert found["starts"] == ["api (http)"]
    assert "  starts " in text


def test_a_library_of_a_workspace_is_seen_from_every_application(inspect):
    shared = MONO / "packages" / "shared" / "src" / "notifications"
    found, _ = inspect(shared / "notifications.controller.ts", "export class NotificationsController")
    [thing] = found["things"]
    assert thing["applications"] == ["admin", "api"]
    assert len(thing["handlers"]) == 6


def test_where_nothing_stands_the_nearest_thing_is_named(inspect):
    found, text = inspect(SHOP / "orders" / "order.entity.ts", 12)
    assert found["things"] == []
    assert (found["nearest"]["kind"], found["nearest"]["name"]) == ("class", "Order")
    assert text.startswith(
        "Nothing that the model knows stands at src/orders/order.entity.ts:12.\n"
        "The nearest is class Order in line 14.\n"
    )
    assert "  semicolons                    ;  (code, " in text


def test_habits_of_the_package_come_with_counts(inspect):
    found, text = inspect(SHOP / "orders" / "orders.service.ts", 1)
    practices = {p["what"]: p for p in found["practices"]}
    assert practices["logger"]["way"] == "private readonly logger = new Logger(X.name)"
    assert practices["ids"]["way"] == "uuid"
    assert 0 < practices["logger"]["count"] <= practices["logger"]["of"]
    quotes = next(c for c in found["conventions"] if c["aspect"] == "quotes")
    assert (quotes["way"], quotes["source"], quotes["count"]) == ("'", "code", quotes["of"])
    assert "  file names           users.controller.ts  (" in text


CATS = """\
import { Controller, Get } from '@nestjs/common';
import { größe } from './größe 😀/nirgends';
@Controller('kätzchen-😀')
export class Kätzchen😀Controller {
  @Get('größe/:😀') größe() { return größe; }
}
""".replace("Kätzchen😀", "Kätzchen")


def test_names_and_paths_beyond_ascii(project, inspect):
    root = project({"src/kätzchen 😀/kätzchen.controller.ts": CATS})
    file = root / "src" / "kätzchen 😀" / "kätzchen.controller.ts"
    found, text = inspect(file, "größe()", column=True)
    assert [t["name"] for t in found["things"]] == ["KätzchenController.größe"]
    assert found["things"][0]["routes"][0]["path"] == "GET größe/:😀"
    assert "handler KätzchenController.größe  src/kätzchen 😀/kätzchen.controller.ts:5\n" in text
    found, _ = inspect(file, "import { größe")
    assert found["things"][0]["unknown"] == [
        "`./größe 😀/nirgends` leads to no file and no package that is known"
    ]


@pytest.mark.parametrize(
    ("place", "message"),
    {
        "{file}": "names no line. Give FILE:LINE or FILE:LINE:COLUMN, like {file}:1.",
        "{file}:0": "src/cats.ts has 2 lines; there is no line 0.",
        "{file}:3": "src/cats.ts has 2 lines; there is no line 3.",
        "{file}:1:40": "src/cats.ts:1 has 22 columns; there is no column 40.",
        "{file}:1:0": "src/cats.ts:1 has 22 columns; there is no column 0.",
        "{root}/src:1": "is a folder. Give a file, and a line of it.",
        "{root}/src/dogs.ts:1": "does not exist. Give a file of a NestJS project.",
        "{root}/src/notes.md:1": "src/notes.md is not part of the project",
    }.items(),
)
def test_wrong_places_are_errors_with_the_remedy(project, nestwise, place, message):
    root = project({"src/cats.ts": "export const cats = 1;\n", "src/notes.md": "# Notes\n"})
    given = {"root": root, "file": root / "src" / "cats.ts"}
    done = nestwise("inspect", place.format(**given))
    assert (done.returncode, done.stdout) == (2, "")
    assert message.format(**given) in done.stderr
    assert "bug in nestwise" not in done.stderr
