"""The import names the Node that the CDK library runs on, before anything imports that library."""

import infra as infra
