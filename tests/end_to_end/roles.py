"""The roles that a deployed stack gave its functions, whose grants can be taken away."""

import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import product
from typing import Any

from scripts.local.stack import LocalStack

FUNCTIONS = ("ingress", "worker")


@dataclass(frozen=True, slots=True)
class Grant:
    """An action that a function's role allows; `parameter` tells those on parameters apart."""

    function: str
    action: str
    parameter: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (self.function, self.action, self.parameter) if part)


@dataclass(frozen=True, slots=True)
class Role:
    """A function's role, with the one policy that it has."""

    function: str
    function_name: str
    name: str
    policy_name: str
    policy: dict[str, Any]

    @property
    def grants(self) -> list[tuple[Grant, dict[str, Any]]]:
        """Every grant, with the statement that allows just that."""
        found = []
        for statement in self.policy["Statement"]:
            assert statement["Effect"] == "Allow"
            actions, resources = _listed(statement["Action"]), _listed(statement["Resource"])
            for action, resource in product(actions, resources):
                parameter = resource.rsplit("/", 1)[-1] if action == "ssm:GetParameter" else ""
                alone = {**statement, "Action": action, "Resource": resource}
                found.append((Grant(self.function, action, parameter), alone))
        return found

    def policy_without(self, missing: Collection[Grant]) -> dict[str, Any]:
        kept = [statement for grant, statement in self.grants if grant not in missing]
        return {**self.policy, "Statement": kept}


class Roles:
    """What the roles allow is read from the emulator's IAM, not from the template."""

    def __init__(self, stack: LocalStack) -> None:
        self._iam, self._lambda = stack.client("iam"), stack.client("lambda")
        self._roles = [
            self._role(function, name)
            for function, name in zip(FUNCTIONS, stack.functions, strict=True)
        ]

    def grants(self) -> set[Grant]:
        return {grant for role in self._roles for grant, _ in role.grants}

    @contextmanager
    def without(self, *missing: Grant) -> Iterator[None]:
        """Take grants away, and start what had them anew: settings are read once per process."""
        poorer = [role for role in self._roles if {grant for grant, _ in role.grants} & {*missing}]
        for role in poorer:
            self._allow(role, role.policy_without(missing))
            self._start_anew(role.function_name)
        try:
            yield
        finally:
            for role in poorer:
                self._allow(role, role.policy)

    def _role(self, function: str, function_name: str) -> Role:
        arn = self._lambda.get_function_configuration(FunctionName=function_name)["Role"]
        name = arn.rsplit("/", 1)[-1]
        assert not self._iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        (policy,) = self._iam.list_role_policies(RoleName=name)["PolicyNames"]
        document = self._iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
        return Role(function, function_name, name, policy, document)

    def _allow(self, role: Role, policy: dict[str, Any]) -> None:
        self._iam.put_role_policy(
            RoleName=role.name, PolicyName=role.policy_name, PolicyDocument=json.dumps(policy)
        )

    def _start_anew(self, function_name: str) -> None:
        """End the processes that run the function, as a change of its configuration does."""
        variables = self._lambda.get_function_configuration(FunctionName=function_name)
        self._lambda.update_function_configuration(
            FunctionName=function_name, Environment=variables["Environment"]
        )


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value
