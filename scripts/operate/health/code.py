"""The health of what runs: the stack, and whether both functions run what was deployed."""

import json
from collections.abc import Mapping

from botocore.exceptions import ClientError

from infra.names import ALIAS
from scripts.aws.deployment import Deployed
from scripts.deploy import functions
from scripts.operate.health import Finding

_SWAPPED = {
    True: "swapped since it was deployed",
    False: "as deployed",
    None: "no right to see whether it was swapped",
}


def stack(deployed: Deployed) -> Finding:
    """A rollback leaves the former code running, but somebody's deployment has failed."""
    status, hotswap = deployed.status, deployed.tags.get("hotswap", "unknown")
    well = status in ("CREATE_COMPLETE", "UPDATE_COMPLETE") or status.startswith("UPDATE_IN_PROG")
    figures = {"status": status, "hotswap": hotswap}
    return Finding(f"{status}, hotswap {hotswap}", well, figures)


def ingress(deployed: Deployed) -> Finding:
    return _function(deployed, deployed.functions[0], "IngressVersion")


def worker(deployed: Deployed) -> Finding:
    return _function(deployed, deployed.functions[1], "WorkerVersion")


def _function(deployed: Deployed, name: str, output: str) -> Finding:
    """Start what is live of a function, and compare its newest code with what was deployed."""
    client = deployed.client("lambda")
    live = {"Qualifier": ALIAS} if deployed.publishes else {}
    response = client.invoke(FunctionName=name, Payload=b'{"ping": true}', **live)
    answer = json.load(response["Payload"])
    swapped = _is_swapped(deployed, name)
    version = response.get("ExecutedVersion", "$LATEST")
    figures = {"build": answer.get("build"), "version": version, "swapped": swapped}
    if "build" not in answer:
        return Finding(f"does not start: {answer.get('errorMessage', answer)}", False, figures)
    newest = deployed.outputs.get(output, version)
    parts = [
        f"build {answer['build']}",
        f"version {version}" if version == newest else f"version {version}, not yet {newest}",
        _SWAPPED[swapped],
    ]
    allowed = deployed.tags.get("hotswap") != "refused"
    return Finding(", ".join(parts), allowed or not swapped, figures)


def _is_swapped(deployed: Deployed, function: str) -> bool | None:
    """Whether a function's newest code differs from its template's; None: no right to see it."""
    has = functions.digest(deployed.client("lambda"), function)
    try:
        return has != _hash_deployed(deployed, function)
    except ClientError:
        return None


def _hash_deployed(deployed: Deployed, function: str) -> str:
    """The hash of the zip that the template names, as Lambda writes it."""
    template = deployed.client("cloudformation").get_template(StackName=deployed.stack)
    resources = [
        resource["Properties"] for resource in template["TemplateBody"]["Resources"].values()
    ]
    code = next(
        resource["Code"] for resource in resources if resource.get("FunctionName") == function
    )
    where = {"Bucket": _bucket(deployed, code["S3Bucket"]), "Key": code["S3Key"]}
    content = deployed.client("s3").get_object(**where)["Body"].read()
    return functions.digest_of(content)


def _bucket(deployed: Deployed, bucket: str | Mapping[str, str]) -> str:
    """The bootstrap stack's bucket, with account and region filled in where the row names none."""
    if isinstance(bucket, str):
        return bucket
    account = deployed.account
    name = bucket["Fn::Sub"].replace("${AWS::AccountId}", account.number)
    return name.replace("${AWS::Region}", account.region)
