"""What can be measured. Standard library only: `./stackbot bench --help` reads it on any Python."""

BENCHMARKS = {
    "ack": "cold start of the ingress, against Bolt's Lambda adapter and a bare handler",
    "worker": "cold start of the worker up to its first call to Slack, against importing it all",
    "loop": "save a file, get an answer by the new build, against cdk deploy --hotswap",
    "roundtrip": "a warm question: first sign in Slack, whole answer",
    "writer": "what writing an answer adds to reading the model's stream, for each token",
    "search": "searching 1,000 to 100,000 passages, against SQLite's FTS5 and tantivy",
    "start": "./stackbot local until it is ready, against cdk bootstrap and cdk deploy",
    "synth": "cdk synth of one environment, against the CDK's defaults",
    "ingest": "taking in 10,000 Markdown files, and again when nothing has changed",
    "size": "what is deployed, zipped, against everything unstripped",
}
