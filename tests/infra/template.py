"""A synthesised stack to ask questions of: by what things are, never by their logical ids."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

from infra.environments import SLUG, Environment
from tests.cells import cells_in, with_cells

Json = dict[str, Any]


class Template:
    """The row it is made from, its resources and outputs, and the stack's own properties."""

    def __init__(self, row: Environment, template: Json, stack: Json) -> None:
        self.row, self.stack = row, stack
        self.resources: Json = template["Resources"]
        self.outputs: Json = template["Outputs"]
        self.parameters: Json = template.get("Parameters", {})
        self.conditions: Json = template.get("Conditions", {})

    @classmethod
    def read(cls, assembly: Path, row: Environment) -> Self:
        """The stack of that row in a cloud assembly."""
        stack = f"{SLUG}-{row.name}"
        template = json.loads((assembly / f"{stack}.template.json").read_text())
        manifest = json.loads((assembly / "manifest.json").read_text())
        properties = manifest["artifacts"][stack]["properties"]
        return cls(row, template, properties)

    def every(self, kind: str) -> list[Json]:
        """Every resource of a type such as `SQS::Queue`, whole."""
        return [
            resource for resource in self.resources.values() if resource["Type"] == f"AWS::{kind}"
        ]

    def only(self, kind: str) -> Json:
        """The properties of the only resource of a type."""
        (resource,) = self.every(kind)
        return self._properties(resource)

    def properties(self, kind: str) -> list[Json]:
        """The properties of every resource of a type."""
        return [self._properties(resource) for resource in self.every(kind)]

    @property
    def requests(self) -> Json:
        """The queue that Slack's requests go through."""
        return next(queue for queue in self.properties("SQS::Queue") if "RedrivePolicy" in queue)

    @property
    def dead_letters(self) -> Json:
        """The queue that the other one gives up into."""
        return next(
            queue for queue in self.properties("SQS::Queue") if "RedrivePolicy" not in queue
        )

    def function(self, name: str) -> Json:
        """The `ingress` or the `worker`."""
        return next(
            resource
            for resource in self.properties("Lambda::Function")
            if resource["Handler"].startswith(f"bot.{name}.")
        )

    def variables(self, name: str) -> Json:
        """A function's environment variables."""
        variables: Json = self.function(name)["Environment"]["Variables"]
        return variables

    @property
    def cells(self) -> Json:
        """What the worker is told of its row."""
        return cells_in(self.variables("worker"))

    def change_cells(self, **cells: object) -> None:
        """Tell the worker something else."""
        variables = self.variables("worker")
        variables.update(with_cells(variables, **cells))

    def live(self, name: str) -> str:
        """What is to be reached of a function: the alias where the row publishes, or it itself."""
        return f"<live {name}>" if self.row.publish else f"<{name}>"

    def role_of(self, name: str) -> Json:
        """The properties of a function's role."""
        return self._properties(self.resources[_logical_id(self.function(name)["Role"])])

    def statements(self, name: str) -> list[Json]:
        """What the role of a function is allowed, statement by statement."""
        role = _logical_id(self.function(name)["Role"])
        return [
            statement
            for policy in self.properties("IAM::Policy")
            if role in [_logical_id(attached) for attached in policy["Roles"]]
            for statement in policy["PolicyDocument"]["Statement"]
        ]

    def grants(self, name: str) -> set[tuple[str, str]]:
        """Every action that a function may take, each with what it may take it on."""
        return {
            (action, self.text(resource))
            for statement in self.statements(name)
            for action in _listed(statement["Action"])
            for resource in _listed(statement["Resource"])
        }

    def denies_plain_http(self, kind: str, attached: str, label: str) -> bool:
        """Whether a policy of type `kind` denies everything without TLS to what `label` names."""
        return any(
            statement["Effect"] == "Deny"
            and statement.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}}
            and label in [self.text(resource) for resource in _listed(policy[attached])]
            for policy in self.properties(kind)
            for statement in policy["PolicyDocument"]["Statement"]
        )

    def text(self, value: Any) -> str:
        """A value with its references spelt out: `<requests>`, `${AWS::Region}`, `<bucket>/*`.

        The seventh part of an alias's ARN is the function's name.
        """
        match value:
            case str():
                return value
            case {"Fn::Join": [str() as glue, list() as parts]}:
                return glue.join(self.text(part) for part in parts)
            case {"Fn::Select": [6, {"Fn::Split": [":", {"Ref": str() as name}]}]}:
                return self.text(self._properties(self.resources[name])["FunctionName"])
            case {"Ref": str() as name} | {"Fn::GetAtt": [str() as name, str()]}:
                return f"${{{name}}}" if name.startswith("AWS::") else self._label(name)
        raise ValueError(f"an intrinsic function that the tests don't know: {value}")

    def _label(self, logical_id: str) -> str:
        resource = self.resources[logical_id]
        properties = self._properties(resource)
        match resource["Type"]:
            case "AWS::SQS::Queue":
                return "<requests>" if "RedrivePolicy" in properties else "<dead letters>"
            case "AWS::Lambda::Function":
                return f"<{properties['Handler'].split('.')[1]}>"
            case "AWS::Lambda::Alias":
                return f"<{properties['Name']} {self.text(properties['FunctionName'])[1:]}"
            case "AWS::Logs::LogGroup":
                return f"<log {properties['LogGroupName']}>"
            case kind:
                return f"<{re.sub(r'.*::', '', kind).lower()}>"

    @staticmethod
    def _properties(resource: Json) -> Json:
        properties: Json = resource.setdefault("Properties", {})
        return properties


def words(value: Any) -> Iterator[str]:
    """Every string anywhere in a JSON value, keys included."""
    match value:
        case str():
            yield value
        case dict():
            for key, inner in value.items():
                yield key
                yield from words(inner)
        case list():
            for inner in value:
                yield from words(inner)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _logical_id(reference: Json) -> str:
    name: str = reference["Ref"] if "Ref" in reference else reference["Fn::GetAtt"][0]
    return name
