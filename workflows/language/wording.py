"""The house's own words, for everything that can happen in any script. A script may put its own in their place."""

from __future__ import annotations

WORDING: dict[str, str] = {
    "no_match_1": "Sorry, I didn't get that.",
    "no_match_2": "I'm sorry, I still didn't understand.",
    "no_match_3": "I'm having trouble understanding you.",
    "silence_1": "Are you still there?",
    "silence_2": "I'm still here.",
    "silence_3": "I can't hear you. If you are there, please say something, or press any key.",
    "silence_end": "I still can't hear you, so I'll end the call now. Please call us again. Goodbye.",
    "offer_human": "Would you like me to put you through to a person?",
    "offer_callback": "Would you like to leave a message or a number instead?",
    "hand_over": "I'll put you through to a colleague. Please stay on the line.",
    "no_human": "I'm afraid there is nobody I can put you through to right now.",
    "human_missed": "I'm sorry, nobody could take your call just now.",
    "give_up": "I'm sorry, I could not help you this time. Please call us again. Goodbye.",
    "wait": "Take your time. I'll be here.",
    "slow_down": "Of course, I'll say it more slowly.",
    "restart": "All right, let's start again.",
    "resumed": "Sorry, the line dropped.",
    "resume_offer": "Shall we go on where we were?",
    "cancelled": "All right, I'll leave it there.",
    "goodbye": "Thank you for calling {business}. Goodbye.",
    "time_up": "I'm sorry, this is as long as a call can be. Please call us again. Goodbye.",
    "busy": "One moment, please. I'm just finishing that.",
    "robot": "Yes. I'm {agent_name}, an automated assistant for {business}.",
    "no_answer": "I'm sorry, I don't have an answer to that.",
    "language": "I'm sorry, I can only speak English.",
    "change": "What would you like to change?",
    "already_done": "That is already done, so I can't change it here. A colleague can help you with it.",
    "which": "Which would you like?",
    "spell": "Please spell it for me, letter by letter.",
    "again": "Sorry about that.",
    "is_that_right": "Is that right?",
    "own_number": "Shall we use the number you are calling from, ending in",
}

ROBOT = "robot"
"""The topic every script has; answered truthfully, always."""

ROBOT_SAYS = (
    "are you a robot",
    "am I talking to a machine",
    "is this a real person",
    "are you human",
    "is this a recording",
    "are you an AI",
    "am I speaking to a computer",
)
