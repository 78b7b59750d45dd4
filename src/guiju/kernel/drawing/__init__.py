"""The drawing of a chart 流程图 as SVG, on lanes for paper and wide screens, on cards for phones.

``ink`` knows text and SVG elements, ``words`` what a chart says in words, ``plan`` puts a chart
on a grid of lanes and rows, ``courses`` choose the channels of every line, ``ports``, ``tracks``
and ``labels`` its places in them, ``route`` measures it all, ``wide`` and ``narrow`` draw. The
layout is our own and not a layout library's: what a power's chart looks like is published, so
the same chart must give the same picture for as long as we live.
"""
