"""The script language: YAML in, a checked and digested ``Script`` out.

A script is slots (what can be known), steps (what is done, in order) and lines (what is said)::

    script: NAME          title: WORDS         says: [how callers ask for it]     hours: ["09:00", "18:00"]
    keeps: [slots]        wording: {house line: other words}                       locale: en-US|en-GB
    on_cancel, on_change, on_undo: STEP        dispositions: [how calls are filed]
    fields:   {NAME: {kind: KIND, from: SLOT|fact.X|receipt.ACTION.FIELD|{text: T}}}
    migrates: {DIGEST of an older version: {its STEP: STEP}}
    topics:  {ID: {says: [...], answer: LINE}}
    slots:   {NAME: {kind: KIND, names: [...], options: {ID: [says]}, length, pattern, minimum, maximum,
                     among: FACT, confirm: never|implicit|explicit|unsure, offer_caller: true, optional: true}}
    steps:   {NAME: one of
        say: LINES            [clears: [slots], then]
        collect: SLOT         ask: LINE [no_match, silence: up to 3 LINES, keys: LINE, yes, no: VALUE, then]
        confirm: [slots]      ask: LINE, declined: STEP [change: LINE, no_match, silence, keys, then]
        act: ACTION           arguments: {NAME: SLOT|fact.X|call.caller|call.reason|{text: T}}, refused: {CODE: STEP}
                              [say: LINE, then]
        decide: [{slot|fact|call: X, is: VALUE | known: true, then: STEP}]      else: STEP
        choose: {ID: {says, then: STEP | script: NAME}}      ask: LINE [yes, no: STEP, no_match, silence, keys]
        verify: booking|customer   by: [slots] | one_time_code, failed: STEP [ask: {SLOT: LINE}, attempts: 1-5, then]
        call: SCRIPT          [say: LINE, with: {SLOT there: SLOT|fact.X|...}, takes: {SLOT here: SLOT there}, then]
        start: SCRIPT         [say: LINE, with: {SLOT: VALUE}]
        message: LINE         [into, name, phone: SLOT, ask: {SLOT: LINE}, read_back: LINE, declined, failed: STEP,
                              then]
        hand_over: human|message|callback      [say: LINE, otherwise: STEP]
        end: DISPOSITION      [say: LINES]}

Steps which ask also take ``retries: 1-5``, ``digressions: [scripts, topics] | none | all`` and ``language``. ``call``
comes back (at most three scripts wait for each other; the ``end`` of a called one returns, saying only its must-say
lines), ``start`` does not. ``message`` alone goes to the shared script for good; with other keys it comes back.

A LINE is text with ``{slot}``, ``{fact.name}``, ``{receipt.field}``, ``{business}``, ``{agent_name}``, or
``{text: ..., must_say: true, interruptible: false, language: en-GB}``. Where ``then`` is left out the step written next
follows. Values are put into words by ``spoken``. Nothing that claims an outcome may be said before the action that
brings it about is committed on every way there, and nothing of a person's record before a ``verify``.
See ``checks`` for all that is refused, and ``scripts/`` beside this package for examples.
"""

from __future__ import annotations

from workflows.language.catalogue import ACTIONS, ActionSpec
from workflows.language.loader import load_script, read_script
from workflows.language.model import Script
from workflows.language.nodes import ScriptError
from workflows.language.scripts import ScriptSet, available_scripts, load_scripts, shipped_scripts

__all__ = [
    "ACTIONS",
    "ActionSpec",
    "Script",
    "ScriptError",
    "ScriptSet",
    "available_scripts",
    "load_script",
    "load_scripts",
    "read_script",
    "shipped_scripts",
]
