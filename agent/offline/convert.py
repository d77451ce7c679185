"""Turns Moonshine's published graphs into ones that decode fast on a CPU, once, and keeps the result.

The published decoder stores eight-bit weights and rebuilds them as floats for every single token
(Cast, Mul, Add, Transpose over constants). Here that arithmetic is done once, and the matrix products
become integer ones with one scale per column: 0.66 s a clip becomes 0.19 s on two cores.

The result lies under `cache_dir` in a folder named by the digests of its sources, so new weights, another
onnxruntime or another recipe never meet an old result. It is written beside its place and moved there.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from agent import models

if TYPE_CHECKING:
    import numpy as np
    import onnx

Progress = Callable[[str, float], None]
"""Called with what is being done and the share that is done, 0 to 1."""

RECIPE = 2
"""Counts changes of the conversion; a new number makes a new folder."""

_MANIFEST = "manifest.json"
_PARTS = (("moonshine-encoder", "encoder"), ("moonshine-decoder", "decoder"))


class ConversionFailed(models.ModelError):
    """The recognizer's weights could not be converted. The message names the cause and the remedy."""


@dataclass(frozen=True, slots=True)
class ConvertedMoonshine:
    """Paths of a finished conversion."""

    encoder: Path
    decoder: Path


def converted_moonshine(cache_dir: Path, progress: Progress | None = None) -> ConvertedMoonshine:
    """Return the converted graphs, converting them first if the cache has none (about 12 s and 1.9 GB
    of memory, so best done in a process which ends afterwards).

    Raises ModelMissing, ModelDigestMismatch, or ConversionFailed (no room on disk, cache not writable).
    """
    report = progress or (lambda _what, _share: None)
    place = cache_dir / _folder_name()
    done = _finished(place)
    if done is not None:
        return done
    try:
        cache_dir.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=".moonshine-", dir=cache_dir))
    except OSError as error:
        raise ConversionFailed(_cannot_write(cache_dir, error)) from error
    try:
        _convert_into(work, report)
        _move(work, place)
    except OSError as error:
        raise ConversionFailed(_cannot_write(cache_dir, error)) from error
    finally:
        shutil.rmtree(work, ignore_errors=True)
    done = _finished(place)
    if done is None:
        raise ConversionFailed(f"The converted recognizer in {place.name} is damaged. Remove that folder and retry.")
    report("recognizer ready", 1.0)
    return done


def is_prepared(cache_dir: Path) -> bool:
    """Whether a conversion lies in the cache. Quick: its digests are checked when it is loaded."""
    return (cache_dir / _folder_name() / _MANIFEST).is_file()


def _cannot_write(cache_dir: Path, error: OSError) -> str:
    return (
        f"The recognizer cannot be prepared in {cache_dir}: {error.strerror or error}. "
        "It needs 400 MB there while converting and 115 MB afterwards."
    )


def _folder_name() -> str:
    key = sha256(f"{RECIPE} {models.installed_version('onnxruntime')}".encode())
    for name, _ in _PARTS:
        key.update(models.weight(name).sha256.encode())
    return f"moonshine-base-en-{key.hexdigest()[:16]}"


def _finished(place: Path) -> ConvertedMoonshine | None:
    """The conversion in `place` if it is whole: every file has the digest its manifest states."""
    try:
        stated: dict[str, str] = json.loads((place / _MANIFEST).read_text("utf-8"))
        whole = set(stated) == {f"{part}.onnx" for _, part in _PARTS} and all(
            models.digest_of(place / name) == digest for name, digest in stated.items()
        )
    except (OSError, ValueError, TypeError):
        return None
    return ConvertedMoonshine(place / "encoder.onnx", place / "decoder.onnx") if whole else None


def _move(work: Path, place: Path) -> None:
    """Put a finished folder in its place. Another process may have been first: its result is as good."""
    if _finished(place) is not None:
        return
    if place.exists():
        shutil.rmtree(place)
    try:
        os.replace(work, place)
    except OSError:
        if _finished(place) is None:
            raise


def _convert_into(work: Path, report: Progress) -> None:
    for index, (name, part) in enumerate(_PARTS):
        share = index / len(_PARTS)
        report(f"checking {name}", share)
        source = models.find(name)
        report(f"converting {name}", share + 0.05)
        _convert(source, work, part)
    stated = {f"{part}.onnx": models.digest_of(work / f"{part}.onnx") for _, part in _PARTS}
    (work / _MANIFEST).write_text(json.dumps(stated, indent=1), "utf-8")


def _convert(source: Path, work: Path, part: str) -> None:
    import onnx
    import onnxruntime
    from onnxruntime.quantization import QuantType, quantize_dynamic

    opened, plain = work / f"{part}.opened.onnx", work / f"{part}.plain.onnx"
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.optimized_model_filepath = str(opened)
    onnxruntime.InferenceSession(str(source), options, providers=["CPUExecutionProvider"])
    model = onnx.load(str(opened))
    _name_graphs(model.graph, part)
    _fold(model.graph)
    _drop_unused(model.graph)
    onnx.save(model, str(plain))
    with _quiet():
        quantize_dynamic(
            str(plain),
            str(work / f"{part}.onnx"),
            op_types_to_quantize=["MatMul"],
            per_channel=True,
            weight_type=QuantType.QInt8,
            extra_options={"EnableSubgraph": True, "MatMulConstBOnly": True},
        )
    opened.unlink()
    plain.unlink()


@contextmanager
def _quiet() -> Iterator[None]:
    """The quantizer advises the root logger of a step that was just done by hand."""
    root = logging.getLogger()
    root.addFilter(_is_no_advice)
    try:
        yield
    finally:
        root.removeFilter(_is_no_advice)


def _is_no_advice(record: logging.LogRecord) -> bool:
    return "run pre-processing before quantization" not in record.getMessage()


def _subgraphs(graph: onnx.GraphProto) -> list[onnx.GraphProto]:
    return [a.g for node in graph.node for a in node.attribute if a.HasField("g")]


def _name_graphs(graph: onnx.GraphProto, name: str) -> None:
    """Graphs saved by onnxruntime come without names, and a graph without one does not load."""
    graph.name = graph.name or name
    for index, inner in enumerate(_subgraphs(graph)):
        _name_graphs(inner, f"{name}_{index}")


def _fold(top: onnx.GraphProto) -> None:
    """Compute what depends on constants only, at the top and (transposes) inside the branches.

    Results become initializers of the top graph, which the branches see by name.
    """
    from onnx import numpy_helper

    known = {i.name: numpy_helper.to_array(i) for i in top.initializer}
    given = set(known)
    _fold_nodes(top, known)
    for inner in _subgraphs(top):
        own = {i.name for i in inner.initializer}
        _fold_transposes(inner, known, own)
    produced = [numpy_helper.from_array(array, name) for name, array in known.items() if name not in given]
    top.initializer.extend(produced)


def _fold_nodes(graph: onnx.GraphProto, known: dict[str, np.ndarray]) -> None:
    kept = []
    for node in graph.node:
        if node.input and all(name in known for name in node.input):
            result = _evaluate(node, [known[name] for name in node.input])
            if result is not None:
                known[node.output[0]] = result
                continue
        kept.append(node)
    del graph.node[:]
    graph.node.extend(kept)


def _fold_transposes(graph: onnx.GraphProto, known: dict[str, np.ndarray], own: set[str]) -> None:
    """Replace transposes of outer constants. Both branches transpose the same weights: kept once."""
    kept, renamed = [], {}
    for node in graph.node:
        source = node.input[0] if node.input else ""
        if node.op_type == "Transpose" and source in known and source not in own:
            order = "_".join(str(axis) for axis in _axes(node))
            name = f"{source}.t{order}"
            if name not in known:
                known[name] = known[source].transpose(_axes(node) or None).copy()
            renamed[node.output[0]] = name
            continue
        for index, name in enumerate(node.input):
            node.input[index] = renamed.get(name, name)
        kept.append(node)
    del graph.node[:]
    graph.node.extend(kept)


def _axes(node: onnx.NodeProto) -> list[int]:
    return [axis for a in node.attribute if a.name == "perm" for axis in a.ints]


def _evaluate(node: onnx.NodeProto, values: list[np.ndarray]) -> np.ndarray | None:
    """The node's result for constant inputs; None for operators that are not worth folding."""
    import numpy as np
    from onnx import helper

    if node.op_type == "Cast":
        return values[0].astype(helper.tensor_dtype_to_np_dtype(next(a.i for a in node.attribute if a.name == "to")))
    if node.op_type == "Mul":
        return np.asarray(values[0] * values[1])
    if node.op_type == "Add":
        return np.asarray(values[0] + values[1])
    if node.op_type == "Transpose":
        return values[0].transpose(_axes(node) or None).copy()
    return None


def _drop_unused(top: onnx.GraphProto) -> None:
    used = _names_used(top)
    kept = [i for i in top.initializer if i.name in used]
    del top.initializer[:]
    top.initializer.extend(kept)


def _names_used(graph: onnx.GraphProto) -> set[str]:
    used = {name for node in graph.node for name in node.input} | {o.name for o in graph.output}
    for inner in _subgraphs(graph):
        used |= _names_used(inner)
    return used
