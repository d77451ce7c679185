"""Hand-written frames and sentences of the worked half: what an agent may say, the facts given."""

from __future__ import annotations

FILLED = """
{business}, this is Robin, how can I help?
the standard visit costs {price}.
that's {price} for a standard visit.
it comes to {price}, {name}.
a visit takes about {minutes}.
it's {minutes}, and the price is {price}.
I have you down for {date}.
would {date} at {time} work for you?
{date}, {time}, with {doctor}.
so that's {date} at {time}, is that right?
{doctor} is here on {date}.
you would see {doctor}.
{doctor} has time at {time}.
I could also offer {offered}.
{time} or {offered}?
{name}, is {time} all right?
there will be {people} of you, right?
a group of {people}, on {date}.
your code is {code}? Let me check that again.
the reference is {code}.
I'll spell it for you: {code}.
the code is {code}, and it costs {price}.
please ask for {doctor} at the desk.
thank you, {name}, one moment.
alright {name}, {date} it is.
it begins at {time}.
please be here at {time}.
{people} people, {date}, {time}.
we charge {price} for that.
can you make it by {time}?
from {time}, and it takes {minutes}.
{doctor} looks forward to it.
you can pay the {price} on the day.
is {date} still good?
just so I have it right: {date}, {time}, {people} people.
let me repeat that, {name}: {date} at {time}, {price}.
I can hear you, {name}.
I'd suggest {time} rather than {offered}.
on {date} I have {time} and {offered}.
there are two times that day, {time} and {offered}.
that makes {price} in all.
the booking is under {name}.
is that {name} with one L?
and the code again is {code}.
it is {price}, nothing else to pay.
{minutes} is usually enough.
do you want to come on {date}, {name}?
I'll tell {doctor} that you called.
{business} is happy to help.
you'll need about {minutes}.
""".strip().splitlines()

PLAIN = """
Good morning, how can I help you?
Sure, I can do that.
Let me check that for you.
One moment, please.
Just a second.
I'm sorry, could you say that again?
I didn't quite get that.
Is there anything else?
Have a great day!
Thanks for calling.
May I ask what it is about?
What name should I put down?
Could you spell that for me?
When would you like to come in?
Would the morning or the afternoon be better?
Which day suits you?
How many people will it be?
No problem, take your time.
Of course.
I understand.
That's alright.
I'm sorry to hear that.
Do you have your booking code?
I'll need the code first.
I can't find anything under that name.
Let me put you through to a person.
Would you like to talk to a person instead?
I'm an automated assistant.
I'm afraid I can't do that.
I can't answer that, but somebody here can.
First, may I have your name?
First of all, thank you for waiting.
One more thing.
One last question.
Is it the first time you come to us?
Which one would you like?
The other one is free as well.
That one is taken, sorry.
Either one is fine.
Let's do it one by one.
Could I have a number to reach you?
What's a good number for you?
Please speak after the tone.
I can call you back if we get cut off.
Are you still there?
Can you hear me?
It's a bad line, sorry.
Would you like me to repeat that?
I'll say it more slowly.
Let me read that back to you.
Did I get that right?
Okay, and what would you like to change?
Nothing has changed yet.
It's not settled yet.
I haven't done anything so far.
Shall I go ahead?
Do you want me to go on?
Fine, we'll leave it as it is.
Would you like a reminder?
You can always call again.
Anything you'd like us to know?
Do you have any allergies?
Is somebody coming with you?
Please bring something to read.
Parking is in the street.
Are you calling about an appointment?
Is this about an order or about something else?
I'd be glad to.
With pleasure.
Wonderful.
Perfect, thank you.
Great, let's see.
Hmm, let me think.
Well, that depends.
That's a fair point.
You're right.
Sorry about that.
My apologies.
Thanks for your patience.
I know it's annoying.
We'll sort it out.
Let's see what we can do.
I'll make a note of it.
Noted.
Yes, that's right.
No, not yet.
Not that I know of.
I don't have that here.
I would have to ask.
It might take a moment.
Would you mind waiting a moment?
Still looking, bear with me.
Here we are.
There you go.
You're welcome.
Goodbye, and take care.
Speak to you soon.
I hope that helps.
Could you be a little more specific?
Can you tell me more about it?
What seems to be the problem?
How did it happen?
And since when?
Does it hurt?
If it's an emergency, hang up and call 911.
Is it urgent?
Can it wait?
Would next week be alright?
Any day but Sunday?
Do mornings suit you?
Is the evening better for you?
A person will help you with that.
I'd rather not guess.
I don't want to tell you anything wrong.
Let me get someone who knows.
Please hold the line.
You don't have to repeat everything.
We have all the time in the world.
No, there's no rush.
Tell me when you're ready.
Ready when you are.
Okay, go ahead.
Yes?
I'm listening.
Right.
All good.
""".strip().splitlines()
