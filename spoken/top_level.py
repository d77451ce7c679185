"""The ends of internet domains that people name on the phone (IANA root zone database)."""

from __future__ import annotations

from .tokens import word_set

TOP_LEVEL = word_set(
    """com org net edu gov mil int info biz name pro aero coop museum app dev io ai co me tv xyz online site shop store
    tech blog email cloud agency studio design club live life world today news media group team company solutions
    services digital london nyc scot wales irish cymru health care law legal dental clinic salon hotel restaurant
    cafe bar pizza church school academy university energy space fun page link bank money finance consulting ac ad
    ae af ag al am ao ar as at au aw az ba bb bd be bf bg bh bi bj bm bn bo br bs bt bw by bz ca cc cd cf cg ch ci
    ck cl cm cn cr cu cv cw cx cy cz de dj dk dm do dz ec ee eg er es et eu fi fj fk fm fo fr ga gd ge gf gg gh gi
    gl gm gn gp gq gr gs gt gu gw gy hk hm hn hr ht hu id ie il im in iq ir is it je jm jo jp ke kg kh ki km kn kp
    kr kw ky kz la lb lc li lk lr ls lt lu lv ly ma mc md mg mh mk ml mm mn mo mp mq mr ms mt mu mv mw mx my mz na
    nc ne nf ng ni nl no np nr nu nz om pa pe pf pg ph pk pl pm pn pr ps pt pw py qa re ro rs ru rw sa sb sc sd se
    sg sh si sk sl sm sn so sr ss st su sv sx sy sz tc td tf tg th tj tk tl tm tn to tr tt tw tz ua ug uk us uy uz
    va vc ve vg vi vn vu wf ws ye yt za zm zw"""
)
"""Country codes and the generic endings that are in use; "dot on" or "dot he's" ends no address."""
