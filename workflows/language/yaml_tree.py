"""YAML as nodes, read by libyaml where it can be: the same nodes as PyYAML's own, in a tenth of the time.

What libyaml refuses is read again by PyYAML's, whose complaints are the ones authors know. So is what the two read
differently, and what is nested deeply: libyaml's composer has no limit but the end of the process's stack.
"""

from __future__ import annotations

import re

import yaml

_QUICK = getattr(yaml, "CSafeLoader", None)
"""absent where PyYAML was built without libyaml"""
_MOST_BRACKETS = 500
_OTHERWISE = re.compile(r"^[ ?-]{200}|\t|\A\ufeff|[|>][-+0-9]*#", re.MULTILINE)
"""a line in which a hundred blocks may begin; a tab or a comment where only libyaml permits it; a mark it leaves out"""
_DEEPEST = 60
"""levels; a script has about eight"""


def yaml_tree(text: str) -> yaml.Node | None:
    """The text's one document; None for a text without one. Raises yaml.YAMLError, and RecursionError for brackets
    nested by the thousand.
    """
    if _QUICK is not None and text.count("[") + text.count("{") <= _MOST_BRACKETS and not _OTHERWISE.search(text):
        try:
            root = yaml.compose(text, Loader=_QUICK)
        except (yaml.YAMLError, UnicodeError):
            root = None
        if root is not None and _made_equal(root):
            return root
    return yaml.compose(text, Loader=yaml.SafeLoader)


def _made_equal(root: yaml.Node) -> bool:
    """Whether the nodes are now what PyYAML's own would be, but for where they end."""
    level = [root]
    for _ in range(_DEEPEST):
        below: list[yaml.Node] = []
        for node in level:
            if isinstance(node, yaml.ScalarNode):
                node.style = node.style or None
                continue
            inside = node.value if isinstance(node, yaml.SequenceNode) else [one for pair in node.value for one in pair]
            if isinstance(node, yaml.CollectionNode) and node.flow_style and any(map(_is_disputed, inside)):
                return False
            below += inside
        if not below:
            return True
        level = below
    return False


def _is_disputed(node: yaml.Node) -> bool:
    """Within brackets: nothing, whose place they see differently, or a bare question mark, which only libyaml takes."""
    return isinstance(node, yaml.ScalarNode) and not node.style and (not node.value or "?" in node.value)
