"""Guiju 规矩: a city's public power, run by rules that anyone can check.

The six powers of the report and the rooms they live in, top of the ladder first::

    site      settings, urls, commands; the only room that reads the clock or the environment
    portal    public pages                                             公开
    cases     a case runs along a chart                                ④ 阳光行使权力
    powers    the lists, checked and published versions                ① 依法确定权力
    organs    divisions, organs, posts, who may act                    ② 科学配置权力
    record    the one door for acts; look: page frame and parts
    ───────── below this line no Django, no clock, no randomness, no network
    formats   packs (TOML) to values; tlog: tree hashes and tile paths
    kernel    power, chart, net, proof, run, controls, terms, drawing  ③ 制度约束权力

Imports only go down. ``packs/`` is content: plain text, no code.
"""
