"""Common words of talk that are nobody's name and no street's: they end a name, and make an answer something else."""

from __future__ import annotations

from .tokens import word_set

EVERYDAY = word_set(
    """comment comments worries recommended handles turns turned clue chance fuss rush joke a about above across
    actually afraid after afternoon again against ago ahead alone already also although always am an and another any
    anybody anyone anything anyway anywhere apartment apologies apologise apparently appointment are around arrive
    arrived as ask asked asking at available away awful back bad bank be because bed been before began begin behind
    being believe below best better between bit book booked booking bother both bought bring broken brought bus busy
    but buy by bye cab call called caller calling calls came can cancel cancelled cannot cant card care case change
    changed cheap cheaper check child children choose clear close closed closer code cold come comes coming complain
    complaint confirm confused cost costs could couldnt couple course customer dad daughter day days dead deal
    deliver delivered delivery depends desk did didnt different difficult dinner do does doesnt dog doing done dont
    door doubt down drive driving drop due during each early easier easy eat either else email emergency end enough
    even evening ever every everybody everyone everything exactly except excuse expensive explain extra eye fact
    family far fast father favourite favorite feel few fill find fine finish finished first fix flat floor follow
    food for forget forgot form forward found free friend friends from front full fun gave get gets getting girl
    give given giving glad go goes going gone gonna good got gotta great group guess guests had hadnt half hand hang
    happen happened happens happy hard has hasnt have havent having he hear heard hello help helps her here hers hes
    hi high him himself his hold holiday home honest honestly hoping hospital hot hour hours house how hows however
    hungry hurry hurts husband i id idea if ill im important in inside instead interested into is isnt issue it its
    itself ive job just keep kept kid kids kind kinda know known last late later least leave leaving left less let
    lets letter lie like line little live lived living long longer look looking lose lost lot lots loud lovely low
    lunch made mail make makes making man many married matter maybe me mean meant meet meeting message met middle
    might mind mine minute missed mistake moment money month months more morning most mother move moved much mum
    must my myself name need needed needs neither never new next nice night no nobody none noon nope nor normal not
    nothing now nowhere number of off offer office often oh ok okay old on once one only onto open opened opening
    operator option or order ordered other others otherwise our ours out outside over own paid parents parking part
    pay payment people perhaps person personal phone pick picked picking place plan please point possible prefer
    preferably pretty price private probably problem problems promise proper put question questions quick quickly
    quiet quite rather reach read ready real really reason refund regarding remember repeat reschedule reservation
    reserve rest ring road room said same saw say saying says secret see seem seems seen sell send sending sent
    service several shall she shes shop short should shouldnt show shut sick side since sit small so some somebody
    someone something sometimes somewhere son soon sorry sort sound sounds speak speaking spell spelled spelling
    spells spelt spoke staff start started stay still stop store stuff such supper support suppose supposed sure
    table take taken takes taking talk talking taxi tell test text than thank thanks that thatd thatll thats the
    their theirs them themselves then there therell theres these they theyd theyll theyre theyve thing things think
    thinking this those though thought through time times tired to today together told tomorrow tonight too took
    tooth top totally town track travelling tried trouble true try trying turn turned under understand until up upon
    us use used usual usually very via visit wait waited waiting wake walk want wanted wants was wasnt watch water
    way we wed week weekend weeks welcome well went were werent weve what whatever whats when whenever where wheres
    wherever whether which while who whoever whole whom whos whose why whys wife window wish with within without
    woman women wonder wondering wont word work worked working works worried worry worse worst would wouldnt write
    wrong wrote yeah year years yep yes yesterday yet you youd youll young your youre yours yourself youve anonymous
    anonymously everyday correct right alright absolutely definitely certainly perfect account agent human
    representative manager somebody somehow suits suit mate cheers ta whatsoever raining outside driving reception
    confidential withhold decline refuse depends bored lunch dinner breakfast birthday anniversary party doctor
    dentist nurse hmm um uh er erm mm ah eh oh hm excited hungry allergic pregnant disabled deaf moved married
    divorced retired single available unavailable lately recently currently nearly almost hardly barely simply
    basically literally obviously seriously essentially generally thirsty lost stuck ready finished done outside
    downstairs upstairs nearby abroad online offline"""
)
