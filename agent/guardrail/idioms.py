"""Idioms with number words that count nothing, and fractions of an hour."""

from __future__ import annotations

from spoken.tokens import phrases

IDIOMS = phrases(
    """one moment | a moment | one second | a second | one sec | a sec | one minute please | just a minute |
    one more | one thing | one last thing | one quick question | one question | one of | one by one | no one | any one |
    some one | every one | this one | that one | which one | the other one | another one | each one | the one | a one |
    your one | right one | last one | new one | best one | only one | good one | one at a time | one way | one another |
    one or the other | one way or | one thing at a time | one step at a time | at one point | one point | one that |
    one you | one we | one i | one is | one can | one would | one works | one with | one which | one who | one for you |
    first of all | first things first | first name | at first | first up | the first available | first thing |
    first let | first i | first we | first time | first and last | first come | first served | first visit |
    first step |
    first letter | second opinion | second thoughts | second letter | second choice | first choice | third party |
    half of | the half | in half | quarter of an | for a second | every second | split second |
    last question | last thing | one last | the second half |
    second half | double check | double checked | double checking | fifty fifty | a hundred percent |
    one hundred percent | hundred percent | day or two | one or two | a couple of | couple of | either or |
    the two of you | the two of them | the three of you | both of | two ways | two things | two options |
    two questions |
    three things | three options | one option | one of the | the first is | the second is | the third is |
    all three of | all four of | the three of | the four of | two minutes please | give me two minutes | one day or |
    on one day | one evening | one morning | one afternoon | one night or | half price | half off | at one go |
    a few | the other two | the last four | last four digits | last three digits | first four digits | four digits |
    six digits | three digits | five digits | ten digits | digit by digit | one digit | half an hour early"""
)
FRACTIONS = {
    ("half", "an", "hour"): 30, ("half", "hour"): 30, ("quarter", "of", "an", "hour"): 15, ("quarter", "hour"): 15,
    ("three", "quarters", "of", "an", "hour"): 45, ("an", "hour", "and", "a", "half"): 90,
    ("an", "hour", "and", "a", "quarter"): 75, ("hour", "and", "a", "half"): 90,
}  # fmt: skip
"""words -> minutes"""
