"""Everything that is not ours against a started server: auditors, client libraries, a compiler, a fuzzer, a guesser.

`make conformance` runs it. Node packages come from `package-lock.json`, Python packages from `requirements.txt`.
"""

import asyncio
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import httpx2

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT), str(ROOT / "xml"), str(HERE)]

from attacks import TOOLS, fuzz, guess  # noqa: E402 - the path above leads there
from started_server import StartedServer, started_server  # noqa: E402 - the path above leads there

AS_IN_PRODUCTION = {"MANDAAT_ANONYMOUS_INTROSPECTION": "false", "MANDAAT_GRAPHIQL": "false"}
"""Production itself takes no tokens of the demo issuer."""

PERSONAS = ("promotor", "uploader")

TAKE_IN = "mutation ($input: CollectiveFileTestInput!) { collectiveFileTest(input: $input) { __typename } }"


async def main() -> int:
    """Run all and answer how many failed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        failed = _relay_compiles(folder) + _follows_schema_rules(folder)
        async with started_server(f"sqlite://{folder / 'conformance.sqlite3'}", folder, AS_IN_PRODUCTION) as server:
            failed += await asyncio.to_thread(_clients_and_audits, server)
            failed += await asyncio.to_thread(_tuspy, server)
            failed += await asyncio.to_thread(_generated_client, server)
            url, token = f"{server.url}/graphql", server.token("promotor")
            for attack in (fuzz, guess):
                found = await asyncio.to_thread(attack, url, token, folder)
                print("\n".join(found[:20]))
                failed += 1 if found else 0
    return failed


def _clients_and_audits(server: StartedServer) -> int:
    environment = {
        **server.environment,
        "CONFORMANCE_URL": f"{server.url}/graphql",
        "CONFORMANCE_TOKENS": json.dumps({persona: server.token(persona) for persona in PERSONAS}),
        "CONFORMANCE_SAMPLES": str(server.folder / "var/samples"),
    }
    tests = sorted(str(path) for path in HERE.glob("*.test.mjs"))
    return _run(["node", "--test", "--test-concurrency=1", "--test-reporter=spec", *tests], environment)


def _tuspy(server: StartedServer) -> int:
    """A file in pieces by tuspy, taken in by the mutation."""
    sample = str(server.folder / "var/samples/valid.xml")
    command = [str(TOOLS / "python"), str(HERE / "tus_client.py"), f"{server.url}/uploads", server.token("uploader")]
    print("$ tuspy", flush=True)
    sent = subprocess.run([*command, sample], capture_output=True, text=True, check=False)
    if sent.returncode:
        print(sent.stderr)
        return 1
    answer = httpx2.post(
        f"{server.url}/graphql",
        json={"query": TAKE_IN, "variables": {"input": {"upload": sent.stdout.strip().rpartition("/")[2]}}},
        headers={"Authorization": f"Bearer {server.token('uploader')}"},
    ).json()
    print(answer)
    return 0 if answer["data"]["collectiveFileTest"]["__typename"] == "CollectiveFileTested" else 1


def _generated_client(server: StartedServer) -> int:
    """The client that `make client` generates, in its example: a file is sent, followed, and its report printed."""
    python = ROOT / "var/client/environment/bin/python"
    sample = str(server.folder / "var/samples/part-without-mandate.xml")
    environment = {
        **server.environment,
        "MANDAAT_TOKEN": server.token("uploader"),
        "PYTHONPATH": str(ROOT / "var/client/source"),
    }
    command = [str(python), str(ROOT / "clients/python/example.py"), f"{server.url}/graphql", sample]
    print("$ python clients/python/example.py", flush=True)
    told = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    print(told.stdout, told.stderr)
    return 0 if told.returncode == 1 and "PROCESSED 100 %" in told.stdout and "C-201" in told.stdout else 1


def _relay_compiles(folder: Path) -> int:
    """The committed schema, with documents as a Relay client writes them."""
    shutil.copytree(HERE / "relay", folder / "relay")
    shutil.copyfile(ROOT / "schema.graphql", folder / "relay/schema.graphql")
    settings = {"src": "source", "schema": "schema.graphql", "language": "javascript", "eagerEsModules": True}
    (folder / "relay/relay.config.json").write_text(json.dumps(settings), encoding="utf-8")
    compiler = HERE / "node_modules/relay-compiler/cli.js"
    return _run(["node", str(compiler)], folder=folder / "relay")


def _follows_schema_rules(folder: Path) -> int:
    """The committed schema, by the rules of graphql-eslint for schemas and for Relay."""
    (folder / "rules").mkdir()
    for source in (ROOT / "schema.graphql", HERE / "eslint.config.mjs"):
        shutil.copy(source, folder / "rules")
    (folder / "rules/node_modules").symlink_to(HERE / "node_modules")
    return _run(["node", str(HERE / "node_modules/eslint/bin/eslint.js"), "schema.graphql"], folder=folder / "rules")


def _run(command: list[str], environment: dict[str, str] | None = None, folder: Path = HERE) -> int:
    print("$", " ".join(command[:3]), flush=True)
    return 1 if subprocess.run(command, cwd=folder, env=environment, check=False).returncode else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
