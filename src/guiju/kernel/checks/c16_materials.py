"""材料没有“其他材料”,同一样材料不列两次,每样都说得出凭什么要。

A catch-all lets anybody ask for anything; a material that stands twice is asked for twice.
Source: 优化营商环境条例第三十五条, 国务院关于在线政务服务的若干规定第七条.
"""

from collections import Counter
from collections.abc import Iterator

from guiju.kernel.checks.finding import Finding, Subject

ID = "C16"
CATCH_ALLS = ("其他材料", "其它材料", "等相关材料", "等有关材料", "规定的其他", "要求的其他")
FILLERS = str.maketrans("", "", " 　()()、,,.。")


def check(subject: Subject) -> Iterator[Finding]:
    """One finding for each material."""
    materials = subject.power.materials
    for material in materials:
        if any(word in material.name for word in CATCH_ALLS):
            yield Finding(ID, f"材料“{material.name}”是兜底条款")
        if not material.basis.strip():
            yield Finding(ID, f"材料“{material.name}”没有写明凭什么要")
    named = Counter(material.name.translate(FILLERS) for material in materials)
    for name, count in named.items():
        if count > 1:
            yield Finding(ID, f"材料“{name}”列了{count}次")
